export const ASKED = ['needs_response', 'warning_needs_response', 'appeal_needs_response']

/** Whether the bank waits for an answer. https://docs.stripe.com/api/disputes/object#dispute_object-status */
export function isAsked(status: string): boolean {
  return ASKED.includes(status)
}
