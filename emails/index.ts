import { firstPayment } from './first-payment.tsx'
import type { Email } from './layout.tsx'
import { type OwnerPaymentProps, ownerPayment } from './owner-payment.tsx'
import { type ReceiptProps, receipt } from './receipt.tsx'

/** A mail as it waits in the outbox: which one, and what it is told. Only JSON inside. */
export type Message =
  | { template: 'receipt'; props: ReceiptProps }
  | { template: 'owner-payment'; props: OwnerPaymentProps }
  | { template: 'first-payment'; props: OwnerPaymentProps }

export function render(message: Message): Email {
  switch (message.template) {
    case 'receipt':
      return receipt(message.props)
    case 'owner-payment':
      return ownerPayment(message.props)
    case 'first-payment':
      return firstPayment(message.props)
  }
}

export type { Email, OwnerPaymentProps, ReceiptProps }
