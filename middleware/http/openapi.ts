import { z } from 'zod'
import { ERRORS } from '../errors.ts'
import type { ErrorEntry } from '../errors.ts'
import { problemSchema } from './problem.ts'
import {
  creditRequestFields,
  previewRequestFields,
  refundRequestFields,
  settlementRequestSchema,
} from './refund-request-schema.ts'
import {
  creditAnswerSchema,
  paymentAnswerSchema,
  previewSchema,
  refundAnswerSchema,
  settlementAnswerSchema,
} from './refund-response-schema.ts'

/** OpenAPI 3.1, made from the schemas that parse and shape what goes over the wire. */
export function openApi(): object {
  const json = (schema: z.ZodType, description: string) => ({
    description,
    content: { 'application/json': { schema: z.toJSONSchema(schema, { io: 'input' }) } },
  })
  const problems = Object.fromEntries(
    [...new Set(Object.values(ERRORS).flatMap((entry: ErrorEntry) => entry.httpStatus ?? []))].sort().map((status) => [
      status,
      {
        description: `Nothing was stored: ${codesOf(status).join(', ')}`,
        content: { 'application/problem+json': { schema: z.toJSONSchema(problemSchema) } },
      },
    ]),
  )
  const path = (name: string, description: string) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  })
  const body = (schema: z.ZodType) => ({
    required: true,
    content: { 'application/json': { schema: z.toJSONSchema(schema, { io: 'input' }) } },
  })
  const keyed = {
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: true,
        description: 'One key, one refund, however often it is sent',
        schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' },
      },
    ],
  }
  const secured = { security: [{ orgToken: [] }] }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Refund Relay',
      version: '1',
      description: 'Refunds of payments that an org knows. Amounts are decimal text.',
    },
    components: {
      securitySchemes: {
        orgToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            "RS256, signed with the org's certificate: iss org id, sub user id, aud this middleware, exp within two minutes",
        },
      },
    },
    paths: {
      '/v1/refunds': {
        post: {
          ...secured,
          ...keyed,
          summary: 'Reserve, store and send a refund',
          requestBody: body(refundRequestFields),
          responses: {
            201: json(refundAnswerSchema, 'Stored and final: refunded, refused or failed'),
            202: json(refundAnswerSchema, 'Stored and under way, waiting in line, or being checked'),
            ...problems,
          },
        },
      },
      '/v1/refunds/{id}/withdraw': {
        post: {
          ...secured,
          summary: 'Take a refund back before it is sent',
          parameters: [path('id', 'Refund id, a UUID')],
          responses: { 200: json(refundAnswerSchema, 'The refund, withdrawn'), ...problems },
        },
      },
      '/v1/payments/{paymentId}/undo-preview': {
        post: {
          ...secured,
          summary: 'What would happen to this payment, and why; nothing is stored',
          parameters: [path('paymentId', 'Record id, 18 characters')],
          requestBody: body(previewRequestFields),
          responses: { 200: json(previewSchema, 'Void, refund, wait, or nothing'), ...problems },
        },
      },
      '/v1/credits': {
        post: {
          ...secured,
          ...keyed,
          summary: 'Pay a customer without a payment; off unless the account was switched on for it',
          requestBody: body(creditRequestFields),
          responses: {
            201: json(creditAnswerSchema, 'Stored and final'),
            202: json(creditAnswerSchema, 'Stored and under way, or being checked'),
            ...problems,
          },
        },
      },
      '/v1/credits/{id}': {
        get: {
          ...secured,
          summary: 'One credit',
          parameters: [path('id', 'Credit id, a UUID')],
          responses: { 200: json(creditAnswerSchema, 'The credit as it is now'), ...problems },
        },
      },
      '/v1/settlements': {
        post: {
          ...secured,
          summary: 'Settle by hand what no gateway tells any more; with a right of its own, and an audit row',
          requestBody: body(settlementRequestSchema),
          responses: { 200: json(settlementAnswerSchema, 'The refund or credit as it is now'), ...problems },
        },
      },
      '/v1/refunds/{id}': {
        get: {
          ...secured,
          summary: 'One refund and the balance of its payment',
          parameters: [path('id', 'Refund id, a UUID')],
          responses: { 200: json(refundAnswerSchema, 'The refund as it is now'), ...problems },
        },
      },
      '/v1/payments/{paymentId}': {
        get: {
          ...secured,
          summary: 'The balance of a payment with the refunds and chargebacks that it is made of',
          parameters: [path('paymentId', 'Record id, 18 characters')],
          responses: { 200: json(paymentAnswerSchema, 'Balance, refunds and chargebacks, newest first'), ...problems },
        },
      },
      '/webhooks/{gateway}/{account}': {
        post: {
          summary: "A gateway's callback, believed only when its signature verifies",
          parameters: [path('gateway', 'e.g. adyen'), path('account', "The account's name at the gateway")],
          responses: { 200: { description: 'Stored' }, ...problems },
        },
      },
    },
  }
}

function codesOf(status: number): string[] {
  return Object.entries<ErrorEntry>(ERRORS)
    .filter(([, entry]) => entry.httpStatus === status)
    .map(([code]) => code)
}
