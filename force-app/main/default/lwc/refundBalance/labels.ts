import refundable from '@salesforce/label/c.Refund_Refundable'
import captured from '@salesforce/label/c.Refund_Part_Captured'
import refunded from '@salesforce/label/c.Refund_Part_Refunded'
import underWay from '@salesforce/label/c.Refund_Part_Under_Way'
import held from '@salesforce/label/c.Refund_Part_Held'
import chargedBack from '@salesforce/label/c.Refund_Part_Charged_Back'
import voided from '@salesforce/label/c.Refund_Balance_Voided'
import text from '@salesforce/label/c.Refund_Balance_Text'
import textTotal from '@salesforce/label/c.Refund_Balance_Text_Total'

/** Every string of this component, by what it is for. */
export const LABEL = {
  refundable,
  captured,
  refunded,
  underWay,
  held,
  chargedBack,
  voided,
  text,
  textTotal,
} as const
