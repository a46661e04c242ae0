declare module 'formulon' {
  export interface Literal {
    type: 'literal'
    value: string | number | boolean | Date | null
    dataType: string
    options?: Record<string, unknown>
  }
  export interface FormulaError {
    type: 'error'
    errorType: string
    message: string
  }
  export function parse(formula: string, substitutions?: Record<string, Literal>): Literal | FormulaError
  export function extract(formula: string): string[]
}
