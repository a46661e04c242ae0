import title from '@salesforce/label/c.Credit_Title'
import warning from '@salesforce/label/c.Credit_Warning'
import noPermission from '@salesforce/label/c.Credit_No_Permission'
import notLoaded from '@salesforce/label/c.Credit_Not_Loaded'
import loading from '@salesforce/label/c.Refund_Loading'
import gateway from '@salesforce/label/c.Credit_Gateway'
import gatewayMissing from '@salesforce/label/c.Credit_Gateway_Missing'
import account from '@salesforce/label/c.Credit_Account'
import accountMissing from '@salesforce/label/c.Credit_Account_Missing'
import amount from '@salesforce/label/c.Credit_Amount'
import amountMissing from '@salesforce/label/c.Refund_Amount_Missing'
import amountUnreadable from '@salesforce/label/c.Refund_Amount_Unreadable'
import amountAmbiguous from '@salesforce/label/c.Refund_Amount_Ambiguous'
import amountAtLeast from '@salesforce/label/c.Refund_Amount_At_Least'
import amountNoDecimals from '@salesforce/label/c.Refund_Amount_No_Decimals'
import amountDecimals from '@salesforce/label/c.Refund_Amount_Decimals'
import currency from '@salesforce/label/c.Credit_Currency'
import currencyWrong from '@salesforce/label/c.Credit_Currency_Wrong'
import target from '@salesforce/label/c.Credit_Target'
import token from '@salesforce/label/c.Credit_Token'
import tokenMissing from '@salesforce/label/c.Credit_Token_Missing'
import shopperReference from '@salesforce/label/c.Credit_Shopper_Reference'
import iban from '@salesforce/label/c.Credit_Iban'
import ibanMissing from '@salesforce/label/c.Credit_Iban_Missing'
import ibanWrong from '@salesforce/label/c.Credit_Iban_Wrong'
import owner from '@salesforce/label/c.Credit_Owner'
import ownerMissing from '@salesforce/label/c.Credit_Owner_Missing'
import reason from '@salesforce/label/c.Refund_Reason'
import reasonNone from '@salesforce/label/c.Credit_Reason_None'
import note from '@salesforce/label/c.Refund_Note'
import pay from '@salesforce/label/c.Credit_Pay'
import payNoAmount from '@salesforce/label/c.Credit_Pay_No_Amount'
import confirmMethod from '@salesforce/label/c.Credit_Confirm_Method'
import confirmBank from '@salesforce/label/c.Credit_Confirm_Bank'
import confirmThen from '@salesforce/label/c.Credit_Confirm_Then'
import confirmPay from '@salesforce/label/c.Credit_Confirm_Pay'
import confirmNo from '@salesforce/label/c.Refund_Again_No'
import sending from '@salesforce/label/c.Credit_Sending'
import noAnswer from '@salesforce/label/c.Credit_No_Answer'
import another from '@salesforce/label/c.Credit_Another'
import change from '@salesforce/label/c.Credit_Change'

/** Every string of this component, by what it is for. */
export const LABEL = {
  title,
  warning,
  noPermission,
  notLoaded,
  loading,
  gateway,
  gatewayMissing,
  account,
  accountMissing,
  amount,
  amountMissing,
  amountUnreadable,
  amountAmbiguous,
  amountAtLeast,
  amountNoDecimals,
  amountDecimals,
  currency,
  currencyWrong,
  target,
  token,
  tokenMissing,
  shopperReference,
  iban,
  ibanMissing,
  ibanWrong,
  owner,
  ownerMissing,
  reason,
  reasonNone,
  note,
  pay,
  payNoAmount,
  confirmMethod,
  confirmBank,
  confirmThen,
  confirmPay,
  confirmNo,
  sending,
  noAnswer,
  another,
  change,
} as const
