import { checkMetadataTypes } from '../../scripts/salesforce/metadata-types.ts'
import { itFindsEach } from './planted-mistakes.ts'

const AMOUNT = 'objects/Payment__c/fields/Amount__c.field-meta.xml'
const PAYMENT = 'objects/Payment__c/Payment__c.object-meta.xml'
const AGENT = 'permissionsets/Refunds.permissionset-meta.xml'
const APP = 'applications/Refunds.app-meta.xml'

describe('the check of the metadata types', () => {
  itFindsEach(checkMetadataTypes, [
    [
      'an element that its type does not have',
      AMOUNT,
      '<label>',
      '<lable>x</lable><label>',
      /CustomField has no element lable/,
    ],
    ['a required element left out', AGENT, '<label>Refunds</label>', '', /PermissionSet needs label/],
    [
      'a value that is none of its type',
      PAYMENT,
      '>Read<',
      '>ReadSome<',
      /sharingModel is "ReadSome"; it must be one of/,
    ],
    [
      'a boolean that is none',
      AMOUNT,
      '<required>false<',
      '<required>no<',
      /required is "no"; it must be true or false/,
    ],
    ['a number that is none', AMOUNT, '<scale>3<', '<scale>three<', /scale is "three"; it must be a number/],
    [
      'an element that stands twice',
      AMOUNT,
      '<scale>3</scale>',
      '<scale>3</scale><scale>2</scale>',
      /scale stands twice/,
    ],
    ['a file that is no XML', AMOUNT, '</label>', '</lable>', /not well-formed XML/],
    [
      'a name that is not the file name',
      AMOUNT,
      '<fullName>Amount__c',
      '<fullName>Amonut__c',
      /fullName is Amonut__c, but the file is named Amount__c/,
    ],
    ['a type that does not exist', APP, 'CustomApplication', 'CustomApp', /not well-formed|CustomApp is no type/],
  ])
})
