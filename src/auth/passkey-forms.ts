import { z } from 'zod'

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\w-]+$/)

const Credential = {
  id: base64url(1400), // a credential's id has up to 1023 bytes
  rawId: base64url(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
}

/** What `navigator.credentials.create()` made, as its toJSON() says it. */
export const NewPasskey = z.object({
  credential: z.object({
    ...Credential,
    response: z.object({
      clientDataJSON: base64url(8_000),
      attestationObject: base64url(32_000),
      transports: z
        .array(z.string().regex(/^[a-z-]{1,32}$/))
        .max(10)
        .default([]),
    }),
  }),
})

/** What `navigator.credentials.get()` found, and where its owner wants to go. */
export const SignIn = z.object({
  credential: z.object({
    ...Credential,
    response: z.object({
      clientDataJSON: base64url(8_000),
      authenticatorData: base64url(8_000),
      signature: base64url(8_000),
      // Some browsers say null where they mean nothing.
      userHandle: base64url(100)
        .nullish()
        .transform((handle) => handle ?? undefined),
    }),
  }),
  return: z.string().max(1000).default(''),
})

export type NewPasskeyResponse = z.infer<typeof NewPasskey>['credential']
export type SignInResponse = z.infer<typeof SignIn>['credential']
