const { readFileSync } = require('node:fs')
const { resolve } = require('node:path')
const { XMLParser } = require('fast-xml-parser')
const { registerSa11yMatcher } = require('@sa11y/jest')

registerSa11yMatcher()

// Tests see the sentences that people see, so a label that is missing or misspelt fails them.
const file = resolve(__dirname, '../../force-app/main/default/labels/CustomLabels.labels-meta.xml')
const { labels } = new XMLParser({ parseTagValue: false }).parse(readFileSync(file, 'utf8')).CustomLabels
for (const { fullName, value } of labels) {
  jest.mock(`@salesforce/label/c.${fullName}`, () => ({ __esModule: true, default: value }), { virtual: true })
}
