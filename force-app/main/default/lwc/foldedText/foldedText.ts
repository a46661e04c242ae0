import { LightningElement, api } from 'lwc'

/** Text behind a summary, folded until somebody wants it. */
export default class FoldedText extends LightningElement {
  @api summary = ''
  @api text = ''
  /** Unfolded from the start. */
  @api isOpen = false
}
