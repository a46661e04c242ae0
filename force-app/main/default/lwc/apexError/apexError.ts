/** The sentence that Apex sent with its refusal; `otherwise` where no answer came that could hold one. */
export function messageOf(error: unknown, otherwise: string): string {
  const body = (error as { body?: unknown } | null | undefined)?.body
  const [first] = (Array.isArray(body) ? body : [body]) as ({ message?: unknown } | undefined)[]
  return typeof first?.message === 'string' && first.message !== '' ? first.message : otherwise
}
