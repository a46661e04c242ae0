/** The part of formulon that the checks use; the package ships no types. */
declare module 'formulon' {
  export interface FormulaResult {
    type: 'literal' | 'error'
    errorType?: string
    message?: string
  }
  export function parse(formula: string): FormulaResult
  export function extract(formula: string): string[]
}
