import collectedThrough from '@salesforce/label/c.Refund_Collected_Through'
import gatewayReference from '@salesforce/label/c.Refund_Gateway_Reference'
import withTheBank from '@salesforce/label/c.Refund_With_The_Bank'
import givenBack from '@salesforce/label/c.Refund_Given_Back'
import disputesUnknown from '@salesforce/label/c.Refund_Disputes_Unknown'
import since from '@salesforce/label/c.Refund_Exposure_Since'
import originalPayment from '@salesforce/label/c.Refund_Original_Payment'
import refundedToDate from '@salesforce/label/c.Refund_Refunded_To_Date'
import underWay from '@salesforce/label/c.Refund_Under_Way'
import held from '@salesforce/label/c.Refund_Held'
import stillRefundable from '@salesforce/label/c.Refund_Still_Refundable'
import voided from '@salesforce/label/c.Refund_Balance_Voided'

/** Every string of this component, by what it is for. */
export const LABEL = {
  collectedThrough,
  gatewayReference,
  withTheBank,
  givenBack,
  disputesUnknown,
  since,
  originalPayment,
  refundedToDate,
  underWay,
  held,
  stillRefundable,
  voided,
} as const
