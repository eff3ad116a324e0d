// Encrypts or decrypts by the AWS Encryption SDK for JavaScript. One JSON object comes on standard input, one goes to standard output.
//
// {"endpoint", "action": "encrypt" | "decrypt", "keyring": "mrk" | "discovery" | "multi", "region", "key", "account", "data": base64}

const { readFileSync } = require('node:fs')
const {
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
  CommitmentPolicy,
  KMS,
  buildAwsKmsMrkAwareStrictMultiKeyringNode,
  buildClient,
} = require('@aws-crypto/client-node')

const asked = JSON.parse(readFileSync(0, 'utf8'))
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const clientFor = (region) => new KMS({ region, endpoint: asked.endpoint, credentials, maxAttempts: 1 })

function keyring() {
  const client = clientFor(asked.region)
  switch (asked.keyring) {
    case 'mrk':
      return new AwsKmsMrkAwareSymmetricKeyringNode({ client, keyId: asked.key })
    case 'discovery': {
      const discoveryFilter = { accountIDs: [asked.account], partition: 'aws' }
      return new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({ client, discoveryFilter })
    }
    case 'multi':
      return buildAwsKmsMrkAwareStrictMultiKeyringNode({ generatorKeyId: asked.key, clientProvider: clientFor })
    default:
      throw new Error(`unknown keyring ${asked.keyring}`)
  }
}

async function main() {
  const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
  const data = Buffer.from(asked.data, 'base64')
  if (asked.action === 'encrypt') {
    const { result } = await encrypt(keyring(), data, { encryptionContext: { place: 'cellar' } })
    return { data: result.toString('base64') }
  }
  const { plaintext, messageHeader } = await decrypt(keyring(), data)
  return { data: plaintext.toString('base64'), place: messageHeader.encryptionContext.place }
}

main().then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error) => {
    process.stderr.write(String(error))
    process.exit(1)
  },
)
