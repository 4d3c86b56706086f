// Inflates one base64 gzip file a line by Node's zlib, for test_splice.py: {"gzip": …} → {"answer": base64}.
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = { answer: gunzipSync(Buffer.from(JSON.parse(line).gzip, 'base64')).toString('base64') };
  } catch (error) {
    told = { error: String(error) };
  }
  console.log(JSON.stringify(told));
}
