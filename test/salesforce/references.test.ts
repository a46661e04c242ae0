import { checkFieldReferences } from '../../scripts/salesforce/field-references.ts'
import { checkComponentReferences } from '../../scripts/salesforce/component-references.ts'
import { checkFormulas } from '../../scripts/salesforce/formulas.ts'
import { itFindsEach } from './planted-mistakes.ts'

const PAYMENT = 'objects/Payment__c/Payment__c.object-meta.xml'
const LAYOUT = 'layouts/Payment__c-Payment Layout.layout-meta.xml'
const REFUND_LAYOUT = 'layouts/Refund__c-Refund Layout.layout-meta.xml'
const PAGE = 'flexipages/Payment_Record_Page.flexipage-meta.xml'
const ROLL_UP = 'objects/Payment__c/fields/Amount_Refunded__c.field-meta.xml'
const REFUNDABLE = 'objects/Payment__c/fields/Refundable_Amount__c.field-meta.xml'
const UNDER_WAY = 'objects/Refund__c/listViews/Under_Way.listView-meta.xml'
const APP = 'applications/Refunds.app-meta.xml'

describe('the check of field references', () => {
  itFindsEach(checkFieldReferences, [
    [
      'a layout field that is not there',
      LAYOUT,
      '>Route__c<',
      '>Rout__c<',
      /Payment__c has no field Rout__c; is Route__c meant\?/,
    ],
    [
      'a layout without a required field',
      REFUND_LAYOUT,
      '>Payment__c<',
      '>Note__c<',
      /leaves out Payment__c, which is required/,
    ],
    [
      'a related list over no lookup',
      LAYOUT,
      'Refund__c.Payment__c',
      'Refund__c.Requested_By__c',
      /is no lookup to Payment__c/,
    ],
    [
      'a list view column that is not there',
      UNDER_WAY,
      '>Reason__c<',
      '>Raeson__c<',
      /Refund__c has no field Raeson__c/,
    ],
    [
      'a list view filter on no value',
      UNDER_WAY,
      'Sent to gateway',
      'Sent to Gateway',
      /has no value "Sent to Gateway"/,
    ],
    [
      'a search layout field that is not there',
      PAYMENT,
      '>Gateway_Reference__c<',
      '>Reference__c<',
      /has no field Reference__c/,
    ],
    [
      'a compact layout field that is not there',
      'objects/Refund__c/compactLayouts/Refund_Compact_Layout.compactLayout-meta.xml',
      '>Stage__c<',
      '>State__c<',
      /has no field State__c/,
    ],
    [
      'a roll-up of a field that is not there',
      ROLL_UP,
      'Refund__c.Amount__c',
      'Refund__c.Sum__c',
      /Refund__c has no field Sum__c/,
    ],
    ['a roll-up filter on no value', ROLL_UP, '>Refunded<', '>Succeeded<', /has no value "Succeeded"/],
    [
      'a roll-up over no master-detail field',
      ROLL_UP,
      'Refund__c.Payment__c',
      'Refund__c.Requested_By__c',
      /needs a master-detail field/,
    ],
  ])
})

describe('the check of component references', () => {
  itFindsEach(checkComponentReferences, [
    [
      'an action that is not there',
      LAYOUT,
      '>Payment__c.Refund<',
      '>Payment__c.Refnd<',
      /There is no quick action Payment__c.Refnd/,
    ],
    [
      'a dialog component that is not there',
      'quickActions/Payment__c.Refund.quickAction-meta.xml',
      '>refundPayment<',
      '>refundPaiment<',
      /There is no Lightning web component refundPaiment/,
    ],
    [
      'a component in a place it is not made for',
      PAGE,
      '>refundHistory<',
      '>refundPayment<',
      /refundPayment does not have the target lightning__RecordPage/,
    ],
    [
      'a component on an object it is not meant for',
      PAGE,
      '<sobjectType>Payment__c',
      '<sobjectType>Refund__c',
      /refundHistory is not meant for Refund__c/,
    ],
    [
      'an identifier that stands twice on a page',
      PAGE,
      'c_refundHistory',
      'force_detailPanel',
      /identifier force_detailPanel stands twice/,
    ],
    [
      'a record page that is not there',
      PAYMENT,
      '>Payment_Record_Page<',
      '>Payment_Page<',
      /There is no record page Payment_Page/,
    ],
    [
      'a compact layout that is not there',
      PAYMENT,
      '>Payment_Compact_Layout<',
      '>Compact<',
      /There is no compact layout Compact/,
    ],
    ['a tab that is not there', APP, '<tabs>Refund__c', '<tabs>Refunds__c', /There is no tab Refunds__c/],
    [
      'an external credential that is not there',
      'namedCredentials/Refund_Relay.namedCredential-meta.xml',
      '<externalCredential>Refund_Relay',
      '<externalCredential>Relay',
      /There is no external credential Relay/,
    ],
  ])
})

describe('the check of formulas', () => {
  itFindsEach(checkFormulas, [
    ['a formula that does not parse', REFUNDABLE, 'MAX(0,', '(MAX(0,', /The formula does not parse/],
    ['a formula function that does not exist', REFUNDABLE, 'MAX(', 'MAXIMUM(', /no function MAXIMUM/],
    [
      'a formula field that is not there',
      REFUNDABLE,
      'Amount_Held__c',
      'Amount_Kept__c',
      /has no field Amount_Kept__c/,
    ],
    [
      'a formula relationship that is not there',
      'objects/Refund__c/fields/Amount_Display__c.field-meta.xml',
      'Payment__r.',
      'Paymnt__r.',
      /has no relationship Paymnt__r/,
    ],
    [
      'a validation rule over no field',
      'objects/Refund__c/validationRules/Payment_Cannot_Change.validationRule-meta.xml',
      'ISCHANGED(Payment__c)',
      'ISCHANGED(Paid__c)',
      /has no field Paid__c/,
    ],
  ])
})
