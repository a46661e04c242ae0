import { api } from 'lwc'
import LightningModal from 'lightning/modal'

/** The modal in which the platform shows a screen action. */
export default class ActionScreen extends LightningModal {
  @api actionRecordId = ''
  recordId: string | undefined

  // The platform hands over the record only after the action's connectedCallback: an action that reads it earlier
  // has to fail here as well.
  override connectedCallback(): void {
    super.connectedCallback()
    void Promise.resolve().then(() => {
      this.recordId = this.actionRecordId
    })
  }
  handleClose(): void {
    this.close()
  }
}
