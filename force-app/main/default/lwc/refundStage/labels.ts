import processing from '@salesforce/label/c.Refund_Stage_Processing'
import sent from '@salesforce/label/c.Refund_Stage_Sent'
import checking from '@salesforce/label/c.Refund_Stage_Checking'
import refunded from '@salesforce/label/c.Refund_Stage_Refunded'
import voided from '@salesforce/label/c.Refund_Stage_Voided'
import failed from '@salesforce/label/c.Refund_Stage_Failed'
import reversed from '@salesforce/label/c.Refund_Stage_Reversed'
import processingThen from '@salesforce/label/c.Refund_Stage_Processing_Then'
import sentThen from '@salesforce/label/c.Refund_Stage_Sent_Then'
import checkingThen from '@salesforce/label/c.Refund_Stage_Checking_Then'

/** Every string of this component, by what it is for. */
export const LABEL = {
  processing,
  sent,
  checking,
  refunded,
  voided,
  failed,
  reversed,
  processingThen,
  sentThen,
  checkingThen,
} as const
