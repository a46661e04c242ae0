/** Fills {0}, {1} … of a custom label. A gap without a value stays as it is, so that a wrong label is seen. */
export function fill(label: string, ...values: string[]): string {
  return label.replace(/\{(\d+)\}/g, (gap, index: string) => values[Number(index)] ?? gap)
}
