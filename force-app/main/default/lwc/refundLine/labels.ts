import by from '@salesforce/label/c.Refund_By'
import reasonBy from '@salesforce/label/c.Refund_Reason_By'
import madeAtGateway from '@salesforce/label/c.Refund_Made_At_Gateway'
import attention from '@salesforce/label/c.Refund_Attention'
import whatToDo from '@salesforce/label/c.Refund_What_To_Do'
import gatewayMessage from '@salesforce/label/c.Refund_Gateway_Message'
import gatewayReference from '@salesforce/label/c.Refund_Gateway_Reference'
import kindVoid from '@salesforce/label/c.Refund_Kind_Void'
import kindUndo from '@salesforce/label/c.Refund_Kind_Undo'
import held from '@salesforce/label/c.Refund_Line_Held'
import position from '@salesforce/label/c.Refund_Waiting_Position'
import waitingWhy from '@salesforce/label/c.Refund_Waiting_Why'
import withdraw from '@salesforce/label/c.Refund_Withdraw_Amount'

/** Every string of this component, by what it is for. */
export const LABEL = {
  by,
  reasonBy,
  madeAtGateway,
  attention,
  whatToDo,
  gatewayMessage,
  gatewayReference,
  kindVoid,
  kindUndo,
  held,
  position,
  waitingWhy,
  withdraw,
} as const
