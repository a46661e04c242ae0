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
import voided from '@salesforce/label/c.Refund_Voided'
import voidedThen from '@salesforce/label/c.Refund_Void_Then'
import beingUndone from '@salesforce/label/c.Refund_Being_Undone'
import beingUndoneThen from '@salesforce/label/c.Refund_Being_Undone_Then'
import undone from '@salesforce/label/c.Refund_Undone'
import undoneThen from '@salesforce/label/c.Refund_Undone_Then'
import notUndone from '@salesforce/label/c.Refund_Not_Undone'
import waiting from '@salesforce/label/c.Refund_Waiting'
import waitingWhy from '@salesforce/label/c.Refund_Waiting_Why'
import waitingPositionIn from '@salesforce/label/c.Refund_Waiting_Position_In'
import waitingPosition from '@salesforce/label/c.Refund_Waiting_Position'
import waitingIn from '@salesforce/label/c.Refund_Waiting_In'
import waitingThen from '@salesforce/label/c.Refund_Waiting_Then'
import withdrawn from '@salesforce/label/c.Refund_Withdrawn'
import withdrawnThen from '@salesforce/label/c.Refund_Withdrawn_Then'
import creditSucceeded from '@salesforce/label/c.Credit_Succeeded'
import creditSentThen from '@salesforce/label/c.Credit_Sent_Then'
import creditProcessingThen from '@salesforce/label/c.Credit_Processing_Then'
import creditWaitingThen from '@salesforce/label/c.Credit_Waiting_Then'
import creditNotPaid from '@salesforce/label/c.Credit_Not_Paid'
import creditBeingCheckedThen from '@salesforce/label/c.Credit_Being_Checked_Then'

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
  voided,
  voidedThen,
  beingUndone,
  beingUndoneThen,
  undone,
  undoneThen,
  notUndone,
  waiting,
  waitingWhy,
  waitingPositionIn,
  waitingPosition,
  waitingIn,
  waitingThen,
  withdrawn,
  withdrawnThen,
  creditSucceeded,
  creditSentThen,
  creditProcessingThen,
  creditWaitingThen,
  creditNotPaid,
  creditBeingCheckedThen,
} as const
