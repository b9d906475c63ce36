import type { ProtobufReader, ProtobufWriter } from "../../base/protobuf.ts";
import type {
  LeaseCheckpoint,
  LeaseCheckpointRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
} from "../requests.ts";
import { putBigint, putInt, putMessage, readMessage } from "./fields.ts";

export function writeLeaseGrant(writer: ProtobufWriter, r: LeaseGrantRequest): void {
  putInt(writer, 1, r.ttl);
  putBigint(writer, 2, r.id);
}

export function readLeaseGrant(reader: ProtobufReader): LeaseGrantRequest {
  let ttl = 0;
  let id = 0n;
  while (reader.next()) {
    if (reader.field === 1) ttl = reader.int();
    else if (reader.field === 2) id = reader.bigint();
    else reader.skip();
  }
  return { ttl, id };
}

export function writeLeaseRevoke(writer: ProtobufWriter, r: LeaseRevokeRequest): void {
  putBigint(writer, 1, r.id);
}

export function readLeaseRevoke(reader: ProtobufReader): LeaseRevokeRequest {
  let id = 0n;
  while (reader.next()) {
    if (reader.field === 1) id = reader.bigint();
    else reader.skip();
  }
  return { id };
}

function writeCheckpoint(writer: ProtobufWriter, c: LeaseCheckpoint): void {
  putBigint(writer, 1, c.id);
  putInt(writer, 2, c.remainingTtl);
}

function readCheckpoint(reader: ProtobufReader): LeaseCheckpoint {
  let id = 0n;
  let remainingTtl = 0;
  while (reader.next()) {
    if (reader.field === 1) id = reader.bigint();
    else if (reader.field === 2) remainingTtl = reader.int();
    else reader.skip();
  }
  return { id, remainingTtl };
}

export function writeLeaseCheckpoint(writer: ProtobufWriter, r: LeaseCheckpointRequest): void {
  for (const checkpoint of r.checkpoints) putMessage(writer, 1, writeCheckpoint, checkpoint);
}

export function readLeaseCheckpoint(reader: ProtobufReader): LeaseCheckpointRequest {
  const checkpoints: LeaseCheckpoint[] = [];
  while (reader.next()) {
    if (reader.field === 1) checkpoints.push(readMessage(reader, readCheckpoint));
    else reader.skip();
  }
  return { checkpoints };
}
