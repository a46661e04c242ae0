import { extract, parse } from 'formulon'
import { fieldProblem } from './custom-object.ts'
import { objectOf } from './field-references.ts'
import type { Finding } from './finding.ts'
import type { MetadataFile, SalesforcePackage } from './salesforce-package.ts'
import { first } from './xml-element.ts'

/** Characters that a formula may have. Source: Salesforce's limits for formula fields. */
const MAX_LENGTH = 3900

/** Functions of Salesforce formulas and validation rules. */
const FUNCTIONS = new Set(
  (
    'ABS ADDMONTHS AND BEGINS BLANKVALUE BR CASE CASESAFEID CEILING CONTAINS CURRENCYRATE DATE DATETIMEVALUE DATEVALUE DAY ' +
    'DAYOFYEAR DISTANCE EXP FIND FLOOR FORMATDURATION FROMUNIXTIME GEOLOCATION GETSESSIONID HOUR HTMLENCODE HYPERLINK IF ' +
    'IMAGE INCLUDES INITCAP ISBLANK ISCHANGED ISCLONE ISNEW ISNULL ISNUMBER ISOWEEK ISOYEAR ISPICKVAL JSENCODE JSINHTMLENCODE ' +
    'LEFT LEN LN LOG LOWER LPAD MAX MCEILING MFLOOR MID MILLISECOND MIN MINUTE MOD MONTH NOT NOW NULLVALUE OR PI ' +
    'PICKLISTCOUNT PREDICT PRIORVALUE REGEX REVERSE RIGHT ROUND RPAD SECOND SQRT SUBSTITUTE TEXT TIMENOW TIMEVALUE TODAY TRIM ' +
    'TRUNC UNIXTIMESTAMP UPPER URLENCODE VALUE VLOOKUP WEEKDAY YEAR'
  ).split(' '),
)

/** Formula fields and validation rules: their syntax, their functions, their fields, their length. */
export function checkFormulas(salesforce: SalesforcePackage): readonly Finding[] {
  return salesforce.metadata.flatMap((file) => {
    const element = first(file.root, file.root.name === 'ValidationRule' ? 'errorConditionFormula' : 'formula')
    if (element === undefined || !['CustomField', 'ValidationRule'].includes(file.root.name)) return []
    return problems(salesforce, file, element.text).map((message) => ({ file: file.path, line: element.line, message }))
  })
}

function problems(salesforce: SalesforcePackage, file: MetadataFile, formula: string): readonly string[] {
  const result = parse(formula)
  if (result.type === 'error' && result.errorType === 'SyntaxError') {
    return [`The formula does not parse: ${result.message}`]
  }
  const object = objectOf(file)
  const unknownFunctions = calls(formula)
    .filter((name) => !FUNCTIONS.has(name.toUpperCase()))
    .map((name) => `Formulas have no function ${name}`)
  const unknownFields = [...new Set(extract(formula))]
    .filter((path) => !path.startsWith('$'))
    .map((path) => fieldProblem(salesforce.objects, object, path))
    .filter((problem) => problem !== null)
  const ownName = extract(formula).includes(file.name) && file.root.name === 'CustomField'
  return [
    ...unknownFunctions,
    ...unknownFields,
    ...(ownName ? [`The formula of ${file.name} reads itself`] : []),
    ...(formula.length > MAX_LENGTH
      ? [`The formula has ${formula.length} characters; at most ${MAX_LENGTH} are taken`]
      : []),
  ]
}

function calls(formula: string): readonly string[] {
  const withoutText = formula.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
  return [...withoutText.matchAll(/([A-Za-z]\w*)\s*\(/g)].map(([, name = '']) => name)
}
