import { createHash, createPrivateKey, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const KEY_INCLUDED = 0x40

export interface Ceremony {
  challenge: string
  /** What the browser says it is on. */
  origin?: string
  rpId?: string
  /** False where somebody only touched it. */
  verified?: boolean
  counter?: number
}

/** By what the device vouches for itself: nothing, the new key, or its maker's certificate. */
type Attestation = 'none' | 'self' | 'certificate'

/** A device with one passkey (ES256), in software: what WebAuthn's browser and authenticator do together, lies included. */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url')
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  private counter = 0

  /** What a script sends after `navigator.credentials.create()`. */
  create(ceremony: Ceremony, attestation: Attestation = 'none') {
    const authData = this.authenticatorData(ceremony, this.attestedKey())
    const clientDataJSON = clientData('webauthn.create', ceremony)
    const attestationObject = Buffer.concat([
      map(3),
      text('fmt'),
      text(attestation === 'none' ? 'none' : 'packed'),
      text('attStmt'),
      this.statement(attestation, toSign(authData, clientDataJSON)),
      text('authData'),
      bytes(authData),
    ])
    return this.credential({
      clientDataJSON,
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    })
  }

  /** What a script sends after `navigator.credentials.get()`. */
  get(ceremony: Ceremony, { userHandle }: { userHandle?: string } = {}) {
    const authenticatorData = this.authenticatorData(ceremony)
    const clientDataJSON = clientData('webauthn.get', ceremony)
    return this.credential({
      clientDataJSON,
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign(toSign(authenticatorData, clientDataJSON), this.keys.privateKey).toString('base64url'),
      userHandle,
    })
  }

  private statement(attestation: Attestation, data: Buffer): Buffer {
    if (attestation === 'none') return map(0)
    const signed = (key: KeyObject) => [text('alg'), ES256, text('sig'), bytes(sign(data, key))]
    if (attestation === 'self') return Buffer.concat([map(2), ...signed(this.keys.privateKey)])
    const certificates = Buffer.concat([Buffer.from([0x81]), bytes(MAKER.certificate)])
    return Buffer.concat([map(3), ...signed(MAKER.key), text('x5c'), certificates])
  }

  private credential<T>(response: T) {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response }
  }

  private authenticatorData(ceremony: Ceremony, attested: Buffer = Buffer.alloc(0)): Buffer {
    const { rpId = 'localhost', verified = true, counter = ++this.counter } = ceremony
    const flags = USER_PRESENT | (verified ? USER_VERIFIED : 0) | (attested.length > 0 ? KEY_INCLUDED : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([flags]), count, attested])
  }

  private attestedKey(): Buffer {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' })
    const id = Buffer.from(this.id, 'base64url')
    const coordinate = (label: number, value = '') =>
      Buffer.concat([Buffer.from([label]), bytes(Buffer.from(value, 'base64url'))])
    // COSE: EC2, ES256, P-256, x, y.
    const key = Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]),
      coordinate(0x21, x),
      coordinate(0x22, y),
    ])
    const aaguid = Buffer.alloc(16)
    return Buffer.concat([aaguid, Buffer.from([id.length >> 8, id.length & 255]), id, key])
  }
}

function clientData(type: string, { challenge, origin = 'http://localhost:3000' }: Ceremony): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

function toSign(authenticatorData: Buffer, clientDataJSON: string): Buffer {
  return Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, 'base64url'))])
}

const sign = (data: Buffer, key: KeyObject) => createSign('sha256').update(data).sign(key)

// CBOR, as far as a device needs it. https://www.rfc-editor.org/rfc/rfc8949#section-3
const map = (size: number) => Buffer.from([0xa0 + size])
const ES256 = Buffer.from([0x26])
const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
const bytes = (value: Buffer) =>
  Buffer.concat([
    value.length < 256 ? Buffer.from([0x58, value.length]) : Buffer.from([0x59, value.length >> 8, value.length & 255]),
    value,
  ])
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest()

/** A maker that nobody has heard of, until 2100: self-signed, OU=Authenticator Attestation as the standard wants it. */
const MAKER = {
  key: createPrivateKey({
    format: 'der',
    type: 'pkcs8',
    key: Buffer.from(
      [
        'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggeeL6ZHwcTUXf0V5o0Ac48bnoERpubEqnLmdBXbtYEehRANCAASo5q7TqprvL/',
        '9CzLOLcoyHDi3IX9i/upQqG+tGOgipDYaqCa0ol0V3+LYL3dEKy93VZVAcyTLeN/3SYbtY4p2k',
      ].join(''),
      'base64',
    ),
  }),
  certificate: Buffer.from(
    [
      'MIIBnjCCAUWgAwIBAgIBATAKBggqhkjOPQQDAjBPMQswCQYDVQQGEwJDTjENMAsGA1UEChMEVGVzdDEiMCAGA1UECxMZQXV0aGVudGljYXRvci',
      'BBdHRlc3RhdGlvbjENMAsGA1UEAxMEVGVzdDAgFw0wMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowTzELMAkGA1UEBhMCQ04xDTALBgNV',
      'BAoTBFRlc3QxIjAgBgNVBAsTGUF1dGhlbnRpY2F0b3IgQXR0ZXN0YXRpb24xDTALBgNVBAMTBFRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBw',
      'NCAASo5q7TqprvL/9CzLOLcoyHDi3IX9i/upQqG+tGOgipDYaqCa0ol0V3+LYL3dEKy93VZVAcyTLeN/3SYbtY4p2koxAwDjAMBgNVHRMBAf8E',
      'AjAAMAoGCCqGSM49BAMCA0cAMEQCIHvUYfp2MtzLaq1jM5nrGv9rLKKQu26GMzlcYBjvbLmRAiBQl7AXygFYqBh+mo36XE1Z34G/4szO9MIeFa',
      'mWWS429w==',
    ].join(''),
    'base64',
  ),
}
