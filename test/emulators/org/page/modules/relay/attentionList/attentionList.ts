import { LightningElement } from 'lwc'

/** The list view of what needs a person, as the package deploys it. */
export default class AttentionList extends LightningElement {}
