// Reads secrets by the AWS SDK for JavaScript v3. One JSON object comes on standard input, one goes to standard output.
//
// {"endpoint", "action": "read", "regions", "secret"}: the value from the first of the regions that answers, and the errors of those before.
// {"endpoint", "action": "rotate", "regions", "secret", "function", "rotations"}: rotates so many times while one reader of each region reads
// without a pause. Answers the versions that the rotations made, and for each reader every version that it saw, in order, with its values.

const { readFileSync } = require('node:fs')
const {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} = require('@aws-sdk/client-secrets-manager')

const asked = JSON.parse(readFileSync(0, 'utf8'))
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const clientFor = (region) => new SecretsManagerClient({ region, endpoint: asked.endpoint, credentials, maxAttempts: 1 })
const SecretId = asked.secret

async function read() {
  const errors = []
  for (const region of asked.regions) {
    try {
      const { ARN, SecretString, VersionId } = await clientFor(region).send(new GetSecretValueCommand({ SecretId }))
      return { region, arn: ARN, value: SecretString, version: VersionId, errors }
    } catch (error) {
      errors.push({ region, name: error.name, status: error.$metadata?.httpStatusCode })
    }
  }
  throw new Error(`no region answers: ${JSON.stringify(errors)}`)
}

async function reader(region, until) {
  const client = clientFor(region)
  const seen = []
  let reads = 0
  while (!until(seen)) {
    const { SecretString, VersionId } = await client.send(new GetSecretValueCommand({ SecretId }))
    reads += 1
    const last = seen.at(-1)
    if (last?.version !== VersionId) {
      seen.push({ version: VersionId, values: [SecretString] })
    } else if (!last.values.includes(SecretString)) {
      last.values.push(SecretString)
    }
  }
  return { region, reads, seen }
}

async function rotate() {
  const client = clientFor(asked.regions[0])
  const deadline = Date.now() + 60_000
  const made = []
  let rotating = true
  const ended = (seen) => !rotating && (seen.at(-1)?.version === made.at(-1) || Date.now() > deadline)
  const readers = Promise.all(asked.regions.map((region) => reader(region, ended)))
  const rotations = async () => {
    const RotationRules = { AutomaticallyAfterDays: 30 }
    let last = (await client.send(new DescribeSecretCommand({ SecretId }))).LastRotatedDate?.getTime()
    for (let number = 0; number < asked.rotations; number++) {
      const { VersionId } = await client.send(
        new RotateSecretCommand({ SecretId, RotationLambdaARN: asked.function, RotationRules }),
      )
      made.push(VersionId)
      for (;;) {
        const { VersionIdsToStages, LastRotatedDate } = await client.send(new DescribeSecretCommand({ SecretId }))
        const recorded = LastRotatedDate?.getTime()
        if (VersionIdsToStages[VersionId]?.includes('AWSCURRENT') && recorded !== last) {
          last = recorded
          break
        }
        if (Date.now() > deadline) throw new Error(`the rotation does not end: ${JSON.stringify(VersionIdsToStages)}`)
      }
    }
    rotating = false
  }
  // A failed read ends everything.
  const [all] = await Promise.all([readers, rotations()])
  return { versions: made, readers: all }
}

const actions = { read, rotate }

actions[asked.action]().then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error) => {
    process.stderr.write(String(error))
    process.exit(1)
  },
)
