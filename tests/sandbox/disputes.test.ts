import type Stripe from 'stripe'
import { beforeEach, expect, test } from 'vitest'
import { onBothDatabases } from '../support/databases.ts'
import { DAY, type LocalStripe, openLocalStripe, problem, typesOf } from '../support/local-stripe.ts'

// Disputes on the local Stripe, as the official SDK sees them.

/** 15.00 USD in CNY, at the sandbox's rate. */
const FEE = 10_714

onBothDatabases('a dispute on the sandbox', (database) => {
  let local: LocalStripe
  let stripe: Stripe
  beforeEach(async () => {
    local = await openLocalStripe(database)
    stripe = local.stripe
  })

  const total = async (currency?: string) => {
    const { available, pending } = await local.balance(currency)
    return available + pending
  }

  test('follows the payment by the card that is disputed, and takes the money and a fee', async () => {
    const charge = await local.charge({ card: '4000000000000259' })
    const before = await total()
    expect(typesOf(await local.eventsOf(() => local.sandbox.deliver()))).toEqual([])
    const events = await local.eventsOf(() => local.sandbox.clock.advance(10_000))
    expect(typesOf(events)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn'])
    expect(events[0]!.request?.id).toBeNull()

    const [dispute] = (await stripe.disputes.list({ charge: charge.id })).data
    expect(dispute).toMatchObject({
      amount: 6600,
      charge: charge.id,
      evidence: { customer_email_address: 'payer@example.com', uncategorized_text: null },
      evidence_details: { has_evidence: false, past_due: false, submission_count: 0 },
      is_charge_refundable: false,
      payment_intent: charge.payment_intent,
      reason: 'fraudulent',
      status: 'needs_response',
    })
    const days = (dispute!.evidence_details.due_by! - dispute!.created) / 86_400
    expect(days).toBeGreaterThanOrEqual(9)
    expect(days).toBeLessThan(10)
    expect(dispute!.balance_transactions).toMatchObject([
      {
        amount: -6600,
        fee: FEE,
        net: -6600 - FEE,
        reporting_category: 'dispute',
        source: dispute!.id,
        type: 'adjustment',
      },
    ])
    expect(await total()).toBe(before - 6600 - FEE)
    const disputed = await stripe.charges.retrieve(charge.id)
    expect(disputed.disputed).toBe(true)
    expect(disputed).not.toHaveProperty('dispute')
    expect(await problem(stripe.refunds.create({ charge: charge.id }))).toMatchObject({
      code: 'charge_disputed',
      message: `Charge ${charge.id} has been charged back; cannot issue a refund.`,
    })
  })

  test('is won by evidence, and the money and the fee come back', async () => {
    const charge = await local.charge()
    const before = await total()
    const { id } = await local.sandbox.dispute(charge.id, { reason: 'product_not_received' })
    const staged = await stripe.disputes.update(id, { evidence: { customer_name: 'Ada' }, submit: false })
    expect(staged).toMatchObject({
      evidence: { customer_name: 'Ada' },
      evidence_details: { has_evidence: true, submission_count: 0 },
      status: 'needs_response',
    })
    const submitted = await local.eventsOf(() =>
      stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } }),
    )
    expect(submitted).toMatchObject([
      {
        type: 'charge.dispute.updated',
        data: { object: { status: 'under_review' }, previous_attributes: { status: 'needs_response' } },
      },
    ])
    const events = await local.eventsOf(() => local.sandbox.clock.advance(10_000))
    expect(typesOf(events)).toEqual(['charge.dispute.funds_reinstated', 'charge.dispute.closed'])
    const won = await stripe.disputes.retrieve(id, { expand: ['charge', 'payment_intent'] })
    expect(won).toMatchObject({
      charge: { disputed: true },
      evidence: { customer_name: 'Ada' },
      evidence_details: { submission_count: 1, submission_method: 'manual' },
      payment_intent: { object: 'payment_intent' },
      status: 'won',
    })
    expect(won.balance_transactions[1]).toMatchObject({
      amount: 6600,
      fee: -FEE,
      net: 6600 + FEE,
      reporting_category: 'dispute_reversal',
      type: 'adjustment',
    })
    expect(await total()).toBe(before)
    expect((await problem(stripe.disputes.close(id))).message).toContain('already closed')
    expect(await stripe.disputes.update(id, { metadata: { note: 'phew' } })).toMatchObject({
      metadata: { note: 'phew' },
    })
  })

  test('is lost by evidence, by giving in, or by silence', async () => {
    const disputed = async () => (await local.sandbox.dispute((await local.charge()).id)).id
    const [evidence, given, silent] = [await disputed(), await disputed(), await disputed()]
    await stripe.disputes.update(evidence, { evidence: { uncategorized_text: 'losing_evidence' } })
    const closed = await local.eventsOf(() => stripe.disputes.close(given))
    expect(typesOf(closed)).toEqual(['charge.dispute.closed'])
    await local.sandbox.clock.advance(11 * DAY)
    for (const id of [evidence, given, silent]) {
      const dispute = await stripe.disputes.retrieve(id)
      expect(dispute).toMatchObject({ status: 'lost', evidence_details: { past_due: id === silent } })
      expect(dispute.balance_transactions).toHaveLength(1)
    }
    await local.balance()
  })

  test('can be decided by hand, once', async () => {
    const { id } = await local.sandbox.dispute((await local.charge()).id, { amount: 1000 })
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ amount: 1000 })
    await stripe.disputes.update(id, { evidence: { product_description: 'A red packet' } })
    await local.sandbox.clock.advance(20 * DAY)
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'under_review' })
    expect(await local.sandbox.winDispute(id)).toMatchObject({ status: 'won' })
    await expect(local.sandbox.loseDispute(id)).rejects.toThrow('already closed')
    const lost = await local.sandbox.dispute((await local.charge()).id)
    expect(await local.sandbox.loseDispute(lost.id)).toMatchObject({ status: 'lost' })
  })

  test('needs a card, a payment, and no dispute before it', async () => {
    for (const method of ['alipay', 'wechat_pay'] as const) {
      await expect(local.sandbox.dispute((await local.charge({ method })).id)).rejects.toThrow('no disputes')
    }
    await expect(local.sandbox.dispute('ch_no')).rejects.toThrow('No such charge')
    const { id } = await local.charge()
    await stripe.refunds.create({ charge: id, amount: 600 })
    expect(await local.sandbox.dispute(id)).toMatchObject({ amount: 6000 })
    await expect(local.sandbox.dispute(id)).rejects.toThrow('already disputed')
    expect(await problem(stripe.disputes.retrieve('du_no'))).toMatchObject({ code: 'resource_missing' })
  })

  test('takes its fee in the currency of settlement', async () => {
    local = await openLocalStripe(database, { settlementCurrency: 'usd' })
    stripe = local.stripe
    const { balance_transactions, amount, currency } = await local.sandbox.dispute((await local.charge()).id)
    expect([amount, currency]).toEqual([6600, 'cny'])
    expect(balance_transactions).toMatchObject([{ amount: -924, currency: 'usd', exchange_rate: 0.14, fee: 1500 }])
    await local.balance('usd')
  })

  test('that is only an inquiry moves no money', async () => {
    const charge = await local.charge({ card: '4000000000001976' })
    const before = await total()
    const events = await local.eventsOf(() => local.sandbox.clock.advance(10_000))
    expect(typesOf(events)).toEqual(['charge.dispute.created'])
    const [inquiry] = (await stripe.disputes.list({ payment_intent: charge.payment_intent as string })).data
    expect(inquiry).toMatchObject({
      balance_transactions: [],
      is_charge_refundable: true,
      payment_method_details: { card: { case_type: 'inquiry' } },
      status: 'warning_needs_response',
    })
    const answered = await stripe.disputes.update(inquiry!.id, { evidence: { uncategorized_text: 'winning_evidence' } })
    expect(answered.status).toBe('warning_under_review')
    const closed = await local.eventsOf(() => local.sandbox.clock.advance(10_000))
    expect(closed).toMatchObject([
      { type: 'charge.dispute.closed', data: { object: { status: 'warning_closed', balance_transactions: [] } } },
    ])
    expect(await total()).toBe(before)
  })

  test('that is an inquiry ends with a full refund, or becomes a dispute', async () => {
    const refunded = await local.charge()
    const { id } = await local.sandbox.dispute(refunded.id, { inquiry: true })
    const events = await local.eventsOf(() => stripe.refunds.create({ charge: refunded.id }))
    expect(typesOf(events)).toEqual(['refund.created', 'charge.refunded', 'charge.dispute.closed'])
    expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'warning_closed' })

    const asked = await local.sandbox.dispute((await local.charge()).id, { inquiry: true })
    await stripe.disputes.update(asked.id, { evidence: { uncategorized_text: 'escalate_inquiry_evidence' } })
    const escalated = await local.eventsOf(() => local.sandbox.clock.advance(10_000))
    expect(typesOf(escalated)).toEqual([
      'refund.updated', // the bank's reference, sooner than the bank's decision
      'charge.dispute.updated',
      'charge.dispute.funds_withdrawn',
    ])
    expect(await stripe.disputes.retrieve(asked.id)).toMatchObject({
      balance_transactions: [{ amount: -6600 }],
      is_charge_refundable: false,
      status: 'needs_response',
    })
    await local.balance()
  })

  test('is a button on the panel, and so is its end', async () => {
    const [won, lost] = [await local.charge(), await local.charge()]
    await local.press(`charges/${won.id}/dispute`)
    await local.press(`charges/${lost.id}/dispute`)
    const disputeOf = async (charge: string) => (await stripe.disputes.list({ charge })).data[0]!
    await local.press(`disputes/${(await disputeOf(won.id)).id}/win`)
    await local.press(`disputes/${(await disputeOf(lost.id)).id}/lose`)
    expect([(await disputeOf(won.id)).status, (await disputeOf(lost.id)).status]).toEqual(['won', 'lost'])
    expect((await local.press(`disputes/${(await disputeOf(lost.id)).id}/win`)).status).toBe(409)
    expect((await local.press(`disputes/x/explode`)).status).toBe(404)
  })
})
