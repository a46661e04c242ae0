export interface Threat {
  /** As in the threat model; STRIDE is the letter. */
  readonly id: string
  readonly threat: string
  readonly control: string
  /** Test file, and words that its test is known by there. */
  readonly evidence: readonly (readonly [file: string, title: string])[]
}

const BAD_INPUT = 'test/journeys/bad-input.test.ts'
const ADYEN_WEBHOOK = 'test/middleware/gateways/adyen/adyen-webhook.test.ts'
const REQUEST = 'test/middleware/refunds/request-refund.test.ts'
const LIMITS = 'test/middleware/refunds/limits.test.ts'
const RULES = 'test/middleware/refunds/refund.test.ts'
const GUARDS = 'test/middleware/refunds/guards.test.ts'
const ROLES = 'test/middleware/database/roles.test.ts'
const CONFIG = 'test/middleware/config.test.ts'
const CANARY = 'test/security/canary.test.ts'
const LOCK = 'test/scripts/lock-file.test.ts'

/** What could go wrong on purpose, what stands against it, and where that is proven. */
export const THREATS: readonly Threat[] = [
  {
    id: 'T01 S',
    threat: 'somebody else than the org asks for a refund',
    control: 'JWT of the org, RS256 alone, key pinned in the configuration, two minutes at most',
    evidence: [
      [BAD_INPUT, 'a token %s is refused'],
      [BAD_INPUT, "alg: 'none'"],
      [BAD_INPUT, "alg: 'HS256'"],
    ],
  },
  {
    id: 'T02 T',
    threat: 'a token is used again with another body',
    control: 'TLS; the same key with another body is refused',
    evidence: [[REQUEST, 'makes one refund of one key, however many send it at once']],
  },
  {
    id: 'T03 E',
    threat: 'a user without the right refunds',
    control: 'permission sets asked of Salesforce every five minutes, closed after fifteen; checked in Apex as well',
    evidence: [
      ['test/journeys/refund.test.ts', 'is refused to whoever lost the permission set, once Salesforce has said so'],
      [BAD_INPUT, 'a user without the permission set'],
      ['force-app/main/default/classes/RefundControllerTest.cls', 'userWithoutThePermissionNeverReachesTheMiddleware'],
    ],
  },
  {
    id: 'T04 E',
    threat: 'a user acts on a payment of somebody else',
    control: 'one reference belongs to one record and org; accounts are allow-listed; Apex reads in user mode',
    evidence: [
      [REQUEST, 'binds a gateway reference to one payment record'],
      [BAD_INPUT, 'an account of somebody else'],
      ['force-app/main/default/classes/RefundControllerTest.cls', 'userWhoMayNotEvenReadPaymentsIsToldTheSame'],
    ],
  },
  {
    id: 'T05 S',
    threat: 'a forged webhook',
    control: "each gateway's signature over the raw bytes, basic auth at Adyen, two secrets while one is changed",
    evidence: [
      [ADYEN_WEBHOOK, 'one signed with a key of another endpoint'],
      [
        'test/middleware/gateways/gocardless/gocardless-webhook.test.ts',
        'is who signed with either secret while they are being changed',
      ],
      ['test/middleware/gateways/braintree/braintree-webhook.test.ts', 'are not believed when forged'],
    ],
  },
  {
    id: 'T06 T',
    threat: 'a genuine webhook is sent again',
    control: 'each event once; states only move forward',
    evidence: [
      ['test/middleware/refunds/judge-event.test.ts', 'never revives a refund by an old event'],
      ['test/middleware/gateways/braintree/braintree-webhook.test.ts', 'have one identity however often they arrive'],
    ],
  },
  {
    id: 'T07 T',
    threat: 'unsigned fields of a webhook are believed',
    control: 'only signed fields and our own look-up decide',
    evidence: [
      [ADYEN_WEBHOOK, 'any other value of a signed field'],
      [ADYEN_WEBHOOK, 'signed text cut at other places: it says nothing else'],
    ],
  },
  {
    id: 'T08 I',
    threat: 'the middleware is made to call an address of an attacker',
    control: 'hosts come from the configuration alone, no redirects, no private address behind a public name',
    evidence: [
      ['test/middleware/gateways/public-lookup.test.ts', '%s is private'],
      [
        'test/middleware/gateways/gocardless/gocardless-gateway.test.ts',
        'follows no redirect and tells nobody the token',
      ],
    ],
  },
  {
    id: 'T09 I',
    threat: 'injection into SOQL, SQL, headers, logs',
    control: 'one SOQL builder, parameters in SQL, ids by pattern, control characters refused, logs by allow-list',
    evidence: [
      ['test/middleware/crm/soql.test.ts', "' OR Name != '"],
      [BAD_INPUT, 'DROP TABLE refunds'],
      [BAD_INPUT, 'control characters in the note'],
    ],
  },
  {
    id: 'T10 I',
    threat: 'card data comes in',
    control: 'no field for it, unknown fields refused, numbers searched in every text and never echoed',
    evidence: [
      ['test/middleware/card-number.test.ts', 'is found in %j'],
      ['test/middleware/http/openapi.test.ts', 'refuses what it does not know, and has no field for a card'],
      [CANARY, 'leaves no trace of a card number'],
    ],
  },
  {
    id: 'T11 I',
    threat: 'secrets leak',
    control: 'references instead of values, files closed to others, logs by allow-list, no bodies',
    evidence: [
      [CANARY, 'shows no secret in'],
      // In whatever any other test makes a middleware log.
      ['test/security/log-canary.test.ts', 'finds %s'],
      ['test/middleware/log.test.ts', 'lets nothing out that is not on the list'],
      [CONFIG, 'a secret that everybody may read'],
    ],
  },
  {
    id: 'T12 I',
    threat: 'personal data is kept too long',
    control:
      'bank accounts sealed; what gateways say is cut to an allow-list; notes, bodies and messages erased after some days or on request, and nothing else by that door',
    evidence: [
      ['test/middleware/gateways/braintree/braintree-webhook.test.ts', 'keeps nothing of card and customer'],
      ['test/middleware/gateways/seal.test.ts', 'gives back what it closed, and shows none of it'],
      ['test/middleware/refunds/erase-old.test.ts', 'is erased once a %s has been over for so many days'],
      ['test/middleware/refunds/erase-old.test.ts', 'a later failure never wipes the note there'],
      ['test/middleware/refunds/erase-old.test.ts', '%s is refused, and changes nothing'],
      ['test/middleware/refunds/erase-on-request.test.ts', 'takes all refunds of a payment'],
      ['test/journeys/erasure.test.ts', 'is erased by a middleware that runs'],
    ],
  },
  {
    id: 'T13 D',
    threat: 'floods, huge and slow bodies',
    control: 'limits on bodies, headers and time; requests, webhooks and users counted apart, with Retry-After',
    evidence: [
      ['test/journeys/admission.test.ts', 'refuses what one user asks too often with 429, and nobody else'],
      ['test/security/routes.test.ts', 'takes no body beyond its limit'],
      ['test/security/routes.test.ts', 'waits for no slow header'],
    ],
  },
  {
    id: 'T14 D',
    threat: "somebody uses up the org's API calls",
    control: 'no call per request; one bulk query in five minutes, none for strangers',
    evidence: [['test/contracts/crm.contract.test.ts', 'directly or by a group, in one API call']],
  },
  {
    id: 'T15 R',
    threat: 'somebody denies a refund',
    control: 'a history that can only grow, with user, instance and evidence',
    evidence: [[RULES, 'keeps its history: %s is refused']],
  },
  {
    id: 'T16 E',
    threat: 'somebody changes an amount in the database',
    control:
      'what was asked for never changes, by trigger; roles apart for the owner, the service and those who look, of which only the owner could change that',
    evidence: [
      [GUARDS, 'amount = 11'],
      [RULES, 'never changes what was sent'],
      [ROLES, 'the service may not: %s'],
      [ROLES, 'whoever only looks may not: %s'],
      [ROLES, 'never lets the service update what the rule says that it never changes'],
      ['test/journeys/roles.test.ts', 'as nobody but a member of its own'],
      ['test/middleware/operations/check-database.test.ts', 'wants another user than %s'],
    ],
  },
  {
    id: 'T17 T',
    threat: 'a package brings something along',
    control: 'digests of every package, registries alone, no installation script that nobody decided on; npm run sbom',
    evidence: [
      [LOCK, 'pins every package by a strong digest'],
      [LOCK, 'lets no package run a script at installation that nobody has decided on'],
    ],
  },
  {
    id: 'T18 S',
    threat: 'a false gateway, somebody in between',
    control: 'https beyond this machine, certificates always verified',
    evidence: [
      [CONFIG, 'plain http to another machine'],
      [CONFIG, 'NODE_TLS_REJECT_UNAUTHORIZED'],
    ],
  },
  {
    id: 'T19 E',
    threat: 'test credentials in production, or the reverse',
    control: 'addresses, tokens and the org must be of one mode',
    evidence: [
      [CONFIG, 'a live account of a sandbox org'],
      [CONFIG, 'a production org at the address of a sandbox'],
      ['test/middleware/gateways/adyen/adyen-settings.test.ts', 'a test account at the live address'],
      [ADYEN_WEBHOOK, 'a test delivery in a live account'],
    ],
  },
  {
    id: 'T20 I',
    threat: 'errors tell too much',
    control: 'stable codes and a request id; nothing of the inside',
    evidence: [
      ['test/middleware/operations/readiness.test.ts', 'falls while PostgreSQL takes no writes'],
      ['test/middleware/log.test.ts', 'says of an error its name, code and place'],
    ],
  },
  {
    id: 'T21 T',
    threat: 'somebody changes results in Salesforce',
    control: "field security: results are the integration user's alone",
    evidence: [
      ['test/salesforce/permission-sets.test.ts', 'everything else is the integration user’s'],
      ['test/emulators/org/security.test.ts', 'is refused per row where field security lets it read only'],
    ],
  },
  {
    id: 'T22 T',
    threat: 'script in a note, a forged click',
    control: 'templates of LWC alone, static checks of the package, changes only by calls that are not cacheable',
    evidence: [['test/salesforce/code.test.ts', 'find what the platform would refuse of a component']],
  },
  {
    id: 'T23 R',
    threat: 'an agent refunds much, to themselves',
    control:
      'to the original payment, never more than was taken; credits off and behind a right of their own; limits of one refund, and of a user and a payment in 24 hours, off until set, with an alert. Customers are not known here; four eyes comes later',
    evidence: [
      [LIMITS, 'lets out as much as it says, and refuses a cent more'],
      [LIMITS, 'refuse one too much, say when there is room again, and store nothing'],
      [LIMITS, 'are not passed by requests at the same moment, credits among them'],
      [LIMITS, 'hold whoever asks, also at the same moment'],
      ['test/journeys/limits.test.ts', 'answers 409 with the limit'],
      ['test/middleware/operations/metrics.test.ts', 'count what a limit of the org refused'],
      [REQUEST, 'lets exactly the allowed refunds of one payment pass when many come at once'],
      ['test/journeys/admission.test.ts', 'refuses what one user asks too often with 429, and nobody else'],
    ],
  },
  {
    id: 'T24 I',
    threat: 'metrics and health show data',
    control: 'a port of their own, a token beyond this machine, no ids in labels',
    evidence: [
      ['test/middleware/operations/metrics.test.ts', 'are read on their own port, with the token where one is set'],
      [CONFIG, 'metrics for everybody'],
    ],
  },
]
