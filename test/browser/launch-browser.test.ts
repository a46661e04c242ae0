import { launchBrowser } from './launch-browser.ts'

describe('the browser of the tests', () => {
  const before = process.env['CHROME_PATH']
  afterEach(() => {
    if (before === undefined) delete process.env['CHROME_PATH']
    else process.env['CHROME_PATH'] = before
  })

  it('a CHROME_PATH that leads nowhere is named, with what to do', async () => {
    process.env['CHROME_PATH'] = '/no/such/chrome'
    await expect(launchBrowser()).rejects.toThrow(
      'CHROME_PATH names /no/such/chrome, which cannot be run. Correct it, or unset it to let one be found.',
    )
  })
  it('is found without a word, and has letters to show', async () => {
    const browser = await launchBrowser()
    const page = await browser.newPage()
    await page.setContent('<span>EUR 70.50</span>')
    const box = await page.locator('span').boundingBox()
    await browser.close()
    // Without a font every letter is nothing wide.
    expect(box?.width).toBeGreaterThan(40)
  })
})
