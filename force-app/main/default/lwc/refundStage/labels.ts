import processing from '@salesforce/label/c.Refund_Stage_Processing'
import sent from '@salesforce/label/c.Refund_Stage_Sent'
import checking from '@salesforce/label/c.Refund_Stage_Checking'
import refunded from '@salesforce/label/c.Refund_Stage_Refunded'
import voided from '@salesforce/label/c.Refund_Stage_Voided'
import failed from '@salesforce/label/c.Refund_Stage_Failed'
import reversed from '@salesforce/label/c.Refund_Stage_Reversed'
import undone from '@salesforce/label/c.Refund_Stage_Undone'
import waiting from '@salesforce/label/c.Refund_Waiting'
import processingThen from '@salesforce/label/c.Refund_Stage_Processing_Then'
import sentThen from '@salesforce/label/c.Refund_Stage_Sent_Then'
import checkingThen from '@salesforce/label/c.Refund_Stage_Checking_Then'
import voidedThen from '@salesforce/label/c.Refund_Void_Then'
import undoneThen from '@salesforce/label/c.Refund_Stage_Undone_Then'

/** Every string of this component, by what it is for. */
export const LABEL = {
  processing,
  sent,
  checking,
  refunded,
  voided,
  failed,
  reversed,
  undone,
  waiting,
  processingThen,
  sentThen,
  checkingThen,
  voidedThen,
  undoneThen,
} as const
