import { disputeByCard } from '../resources/disputes.ts'
import { payOut } from '../resources/payouts.ts'
import { makeAvailable } from './book.ts'
import { decide, evidenceDue } from './disputes.ts'
import { payoutArrives, payoutLeaves } from './payouts.ts'
import { settleRefund } from './refunds.ts'

/** What time does to refunds, disputes, payouts and the balance. */
export const moneyTimers = {
  available: makeAvailable,
  refund: settleRefund,
  dispute: disputeByCard,
  decide,
  evidence_due: evidenceDue,
  payout: payOut,
  payout_leaves: payoutLeaves,
  payout_arrives: payoutArrives,
}
