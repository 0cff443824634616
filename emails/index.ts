import { type AccountNoticeProps, accountNotice } from './account-notice.tsx'
import { type AlertProps, alert } from './alert.tsx'
import { type ClaimMadeProps, claimMade } from './claim-made.tsx'
import { type ClaimRefusedProps, claimRefused } from './claim-refused.tsx'
import { firstPayment } from './first-payment.tsx'
import type { Email } from './layout.tsx'
import { type MoneyNoticeProps, moneyNotice } from './money-notice.tsx'
import { type OwnerPaymentProps, ownerPayment } from './owner-payment.tsx'
import { type PlanNoticeProps, planNotice } from './plan-notice.tsx'
import { type ProofProps, proof } from './proof.tsx'
import { type QuestionAnsweredProps, questionAnswered } from './question-answered.tsx'
import { type QuestionAskedProps, questionAsked } from './question-asked.tsx'
import { type ReceiptProps, receipt } from './receipt.tsx'
import { type RefundProps, refund } from './refund.tsx'

/** A mail: which one, and what it is told. Only JSON inside. */
export type Message =
  | { template: 'receipt'; props: ReceiptProps }
  | { template: 'owner-payment'; props: OwnerPaymentProps }
  | { template: 'first-payment'; props: OwnerPaymentProps }
  | { template: 'proof'; props: ProofProps }
  | { template: 'account-notice'; props: AccountNoticeProps }
  | { template: 'plan-notice'; props: PlanNoticeProps }
  | { template: 'refund'; props: RefundProps }
  | { template: 'money-notice'; props: MoneyNoticeProps }
  | { template: 'question-asked'; props: QuestionAskedProps }
  | { template: 'question-answered'; props: QuestionAnsweredProps }
  | { template: 'claim-made'; props: ClaimMadeProps }
  | { template: 'claim-refused'; props: ClaimRefusedProps }
  | { template: 'alert'; props: AlertProps }

export function render(message: Message): Email {
  switch (message.template) {
    case 'receipt':
      return receipt(message.props)
    case 'owner-payment':
      return ownerPayment(message.props)
    case 'first-payment':
      return firstPayment(message.props)
    case 'proof':
      return proof(message.props)
    case 'account-notice':
      return accountNotice(message.props)
    case 'plan-notice':
      return planNotice(message.props)
    case 'refund':
      return refund(message.props)
    case 'money-notice':
      return moneyNotice(message.props)
    case 'question-asked':
      return questionAsked(message.props)
    case 'question-answered':
      return questionAnswered(message.props)
    case 'claim-made':
      return claimMade(message.props)
    case 'claim-refused':
      return claimRefused(message.props)
    case 'alert':
      return alert(message.props)
  }
}

export type { AccountNoticeProps, Email, MoneyNoticeProps, OwnerPaymentProps, ProofProps, ReceiptProps }
