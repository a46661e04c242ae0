import by from '@salesforce/label/c.Refund_By'
import reasonBy from '@salesforce/label/c.Refund_Reason_By'
import madeAtGateway from '@salesforce/label/c.Refund_Made_At_Gateway'
import attention from '@salesforce/label/c.Refund_Attention'
import whatToDo from '@salesforce/label/c.Refund_What_To_Do'
import gatewayMessage from '@salesforce/label/c.Refund_Gateway_Message'

/** Every string of this component, by what it is for. */
export const LABEL = {
  by,
  reasonBy,
  madeAtGateway,
  attention,
  whatToDo,
  gatewayMessage,
} as const
