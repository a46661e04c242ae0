import succeeded from '@salesforce/label/c.Refund_Succeeded'
import succeededThenCard from '@salesforce/label/c.Refund_Succeeded_Then_Card'
import succeededThenBank from '@salesforce/label/c.Refund_Succeeded_Then_Bank'
import sent from '@salesforce/label/c.Refund_Sent'
import sentThen from '@salesforce/label/c.Refund_Sent_Then'
import processing from '@salesforce/label/c.Refund_Processing'
import processingThen from '@salesforce/label/c.Refund_Processing_Then'
import notRefunded from '@salesforce/label/c.Refund_Not_Refunded'
import beingChecked from '@salesforce/label/c.Refund_Being_Checked'
import beingCheckedThen from '@salesforce/label/c.Refund_Being_Checked_Then'
import gatewayMessage from '@salesforce/label/c.Refund_Gateway_Message'

/** Every string of this component, by what it is for. */
export const LABEL = {
  succeeded,
  succeededThenCard,
  succeededThenBank,
  sent,
  sentThen,
  processing,
  processingThen,
  notRefunded,
  beingChecked,
  beingCheckedThen,
  gatewayMessage,
} as const
