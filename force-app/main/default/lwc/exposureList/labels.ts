import title from '@salesforce/label/c.Refund_Exposures'
import since from '@salesforce/label/c.Refund_Exposure_Since'
import handled from '@salesforce/label/c.Refund_Exposure_Handled'
import open from '@salesforce/label/c.Refund_Exposure_Open'

/** Every string of this component, by what it is for. */
export const LABEL = {
  title,
  since,
  handled,
  open,
} as const
