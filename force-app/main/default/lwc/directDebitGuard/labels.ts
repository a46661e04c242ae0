import asked from '@salesforce/label/c.Refund_Payer_Asked'
import askedMissing from '@salesforce/label/c.Refund_Payer_Asked_Missing'
import claimScheme from '@salesforce/label/c.Refund_Claim_Scheme'
import claim from '@salesforce/label/c.Refund_Claim'
import tooYoung from '@salesforce/label/c.Refund_Too_Young'

/** Every string of this component, by what it is for. */
export const LABEL = {
  asked,
  askedMissing,
  claimScheme,
  claim,
  tooYoung,
} as const
