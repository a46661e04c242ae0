import noPermission from '@salesforce/label/c.Refund_No_Permission'
import noAnswer from '@salesforce/label/c.Refund_No_Answer'
import title from '@salesforce/label/c.Refund_Dialog_Title'
import titleUnnamed from '@salesforce/label/c.Refund_Dialog_Title_Unnamed'
import loading from '@salesforce/label/c.Refund_Loading'
import originalPayment from '@salesforce/label/c.Refund_Original_Payment'
import refundedToDate from '@salesforce/label/c.Refund_Refunded_To_Date'
import underWay from '@salesforce/label/c.Refund_Under_Way'
import held from '@salesforce/label/c.Refund_Held'
import withTheBank from '@salesforce/label/c.Refund_With_The_Bank'
import stillRefundable from '@salesforce/label/c.Refund_Still_Refundable'
import recent from '@salesforce/label/c.Refund_Recent'
import recentLine from '@salesforce/label/c.Refund_Recent_Line'
import justNow from '@salesforce/label/c.Refund_Just_Now'
import amountField from '@salesforce/label/c.Refund_Amount_Field'
import allLeft from '@salesforce/label/c.Refund_Amount_All_Left'
import amountMissing from '@salesforce/label/c.Refund_Amount_Missing'
import amountUnreadable from '@salesforce/label/c.Refund_Amount_Unreadable'
import amountAmbiguous from '@salesforce/label/c.Refund_Amount_Ambiguous'
import amountAtLeast from '@salesforce/label/c.Refund_Amount_At_Least'
import amountAtMost from '@salesforce/label/c.Refund_Amount_At_Most'
import amountNoDecimals from '@salesforce/label/c.Refund_Amount_No_Decimals'
import amountDecimals from '@salesforce/label/c.Refund_Amount_Decimals'
import reason from '@salesforce/label/c.Refund_Reason'
import note from '@salesforce/label/c.Refund_Note'
import whatHappens from '@salesforce/label/c.Refund_What_Happens'
import goesBackToCard from '@salesforce/label/c.Refund_Goes_Back_To_Card'
import goesBackToBank from '@salesforce/label/c.Refund_Goes_Back_To_Bank'
import theCard from '@salesforce/label/c.Refund_The_Card'
import theAccount from '@salesforce/label/c.Refund_The_Account'
import refund from '@salesforce/label/c.Refund_Button'
import refundNoAmount from '@salesforce/label/c.Refund_Button_No_Amount'
import cancel from '@salesforce/label/c.Refund_Cancel'
import changeAmount from '@salesforce/label/c.Refund_Change_Amount'
import close from '@salesforce/label/c.Refund_Close'
import formNotLoaded from '@salesforce/label/c.Refund_Form_Not_Loaded'
import againRefunded from '@salesforce/label/c.Refund_Again_Refunded'
import againUnderWay from '@salesforce/label/c.Refund_Again_Under_Way'
import againNo from '@salesforce/label/c.Refund_Again_No'
import againYes from '@salesforce/label/c.Refund_Again_Yes'
import sending from '@salesforce/label/c.Refund_Sending'
import nothingVoided from '@salesforce/label/c.Refund_Nothing_Voided'
import nothingChargedBack from '@salesforce/label/c.Refund_Nothing_Charged_Back'
import nothingUnderWay from '@salesforce/label/c.Refund_Nothing_Under_Way'
import nothingHeld from '@salesforce/label/c.Refund_Nothing_Held'
import nothingRefundedOn from '@salesforce/label/c.Refund_Nothing_Refunded_On'
import nothingRefunded from '@salesforce/label/c.Refund_Nothing_Refunded'
import nothingLeft from '@salesforce/label/c.Refund_Nothing_Left'
import atRisk from '@salesforce/label/c.Refund_At_Risk'
import previewAsking from '@salesforce/label/c.Refund_Preview_Asking'
import previewNoAnswer from '@salesforce/label/c.Refund_Preview_No_Answer'
import previewNothing from '@salesforce/label/c.Refund_Preview_Nothing'
import waitPartUntil from '@salesforce/label/c.Refund_Preview_Wait_Part_Until'
import waitPart from '@salesforce/label/c.Refund_Preview_Wait_Part'
import waitWholeUntil from '@salesforce/label/c.Refund_Preview_Wait_Whole_Until'
import waitWhole from '@salesforce/label/c.Refund_Preview_Wait_Whole'
import paced from '@salesforce/label/c.Refund_Preview_Paced'
import next from '@salesforce/label/c.Refund_Preview_Next'
import inLine from '@salesforce/label/c.Refund_Preview_In_Line'
import gatewayDecides from '@salesforce/label/c.Refund_Preview_Gateway_Decides'
import tooLateToVoid from '@salesforce/label/c.Refund_Preview_Too_Late_To_Void'
import voidThen from '@salesforce/label/c.Refund_Void_Then'
import notPossibleNow from '@salesforce/label/c.Refund_Not_Possible_Now'
import undo from '@salesforce/label/c.Refund_Undo'
import undoTitle from '@salesforce/label/c.Refund_Undo_Title'
import undoBack from '@salesforce/label/c.Refund_Undo_Back'
import undoAmount from '@salesforce/label/c.Refund_Button_Undo'
import voidAmount from '@salesforce/label/c.Refund_Button_Void'
import undoing from '@salesforce/label/c.Refund_Undoing'
import voiding from '@salesforce/label/c.Refund_Voiding'
import goBack from '@salesforce/label/c.Refund_Go_Back'
import withdraw from '@salesforce/label/c.Refund_Withdraw'
import withdrawing from '@salesforce/label/c.Refund_Withdrawing'
import withdrawNoAnswer from '@salesforce/label/c.Refund_Withdraw_No_Answer'

/** Every string of this component, by what it is for. */
export const LABEL = {
  noPermission,
  noAnswer,
  title,
  titleUnnamed,
  loading,
  originalPayment,
  refundedToDate,
  underWay,
  held,
  withTheBank,
  stillRefundable,
  recent,
  recentLine,
  justNow,
  amountField,
  allLeft,
  amountMissing,
  amountUnreadable,
  amountAmbiguous,
  amountAtLeast,
  amountAtMost,
  amountNoDecimals,
  amountDecimals,
  reason,
  note,
  whatHappens,
  goesBackToCard,
  goesBackToBank,
  theCard,
  theAccount,
  refund,
  refundNoAmount,
  cancel,
  changeAmount,
  close,
  formNotLoaded,
  againRefunded,
  againUnderWay,
  againNo,
  againYes,
  sending,
  nothingVoided,
  nothingChargedBack,
  nothingUnderWay,
  nothingHeld,
  nothingRefundedOn,
  nothingRefunded,
  nothingLeft,
  atRisk,
  previewAsking,
  previewNoAnswer,
  previewNothing,
  waitPartUntil,
  waitPart,
  waitWholeUntil,
  waitWhole,
  paced,
  next,
  inLine,
  gatewayDecides,
  tooLateToVoid,
  voidThen,
  notPossibleNow,
  undo,
  undoTitle,
  undoBack,
  undoAmount,
  voidAmount,
  undoing,
  voiding,
  goBack,
  withdraw,
  withdrawing,
  withdrawNoAnswer,
} as const
