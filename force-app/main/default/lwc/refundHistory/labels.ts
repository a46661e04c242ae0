import title from '@salesforce/label/c.Refund_History_Title'
import loading from '@salesforce/label/c.Refund_Loading'
import showAll from '@salesforce/label/c.Refund_Show_All'
import noneYet from '@salesforce/label/c.Refund_None_Yet'
import notLoaded from '@salesforce/label/c.Refund_History_Not_Loaded'
import stale from '@salesforce/label/c.Refund_History_Stale'
import tryAgain from '@salesforce/label/c.Refund_Try_Again'
import exposureNew from '@salesforce/label/c.Refund_Exposure_New'
import withdrawnLine from '@salesforce/label/c.Refund_Withdrawn_Line'
import withdrawNoAnswer from '@salesforce/label/c.Refund_Withdraw_No_Answer'
import changed from '@salesforce/label/c.Refund_Changed'

/** Every string of this component, by what it is for. */
export const LABEL = {
  title,
  loading,
  showAll,
  noneYet,
  notLoaded,
  stale,
  tryAgain,
  exposureNew,
  withdrawnLine,
  withdrawNoAnswer,
  changed,
} as const
