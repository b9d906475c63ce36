/**
 * What protobufjs makes of the samples (`samplesOf`) with the .proto files of etcd 3.7, by the name of
 * the message: an implementation that knows nothing of ours.
 */
export const VECTORS: ReadonlyMap<string, readonly string[]> = new Map([
  ["etcdserverpb.AuthDisableRequest", [""]],
  [
    "etcdserverpb.AuthDisableResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthEnableRequest", [""]],
  [
    "etcdserverpb.AuthEnableResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthRoleAddRequest", ["0a076e616d6520c3a9"]],
  [
    "etcdserverpb.AuthRoleAddResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthRoleDeleteRequest", ["0a07726f6c6520c3a9"]],
  [
    "etcdserverpb.AuthRoleDeleteResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthRoleGetRequest", ["0a07726f6c6520c3a9"]],
  [
    "etcdserverpb.AuthRoleGetResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381213080212046b6579ff1a0972616e6765456e64ff1213080212046b6579ff1a0972616e6765456e64ff",
    ],
  ],
  [
    "etcdserverpb.AuthRoleGrantPermissionRequest",
    ["0a076e616d6520c3a91213080212046b6579ff1a0972616e6765456e64ff"],
  ],
  [
    "etcdserverpb.AuthRoleGrantPermissionResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthRoleListRequest", [""]],
  [
    "etcdserverpb.AuthRoleListResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381208726f6c657320c3a9120e726f6c657320616761696e20c3a9",
    ],
  ],
  [
    "etcdserverpb.AuthRoleRevokePermissionRequest",
    ["0a07726f6c6520c3a912046b6579ff1a0972616e6765456e64ff"],
  ],
  [
    "etcdserverpb.AuthRoleRevokePermissionResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthStatusRequest", [""]],
  [
    "etcdserverpb.AuthStatusResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438100118c8d224",
      "0a001001",
    ],
  ],
  [
    "etcdserverpb.AuthUserAddRequest",
    ["0a076e616d6520c3a9120b70617373776f726420c3a91a020801221168617368656450617373776f726420c3a9"],
  ],
  [
    "etcdserverpb.AuthUserAddResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  [
    "etcdserverpb.AuthUserChangePasswordRequest",
    ["0a076e616d6520c3a9120b70617373776f726420c3a91a1168617368656450617373776f726420c3a9"],
  ],
  [
    "etcdserverpb.AuthUserChangePasswordResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthUserDeleteRequest", ["0a076e616d6520c3a9"]],
  [
    "etcdserverpb.AuthUserDeleteResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthUserGetRequest", ["0a076e616d6520c3a9"]],
  [
    "etcdserverpb.AuthUserGetResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381208726f6c657320c3a9120e726f6c657320616761696e20c3a9",
    ],
  ],
  ["etcdserverpb.AuthUserGrantRoleRequest", ["0a077573657220c3a91207726f6c6520c3a9"]],
  [
    "etcdserverpb.AuthUserGrantRoleResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthUserListRequest", [""]],
  [
    "etcdserverpb.AuthUserListResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381208757365727320c3a9120e757365727320616761696e20c3a9",
    ],
  ],
  ["etcdserverpb.AuthUserRevokeRoleRequest", ["0a077573657220c3a91207726f6c6520c3a9"]],
  [
    "etcdserverpb.AuthUserRevokeRoleResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.AuthenticateRequest", ["0a076e616d6520c3a9120b70617373776f726420c3a9"]],
  [
    "etcdserverpb.AuthenticateResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381208746f6b656e20c3a9",
    ],
  ],
  [
    "etcdserverpb.InternalAuthenticateRequest",
    ["0a076e616d6520c3a9120b70617373776f726420c3a91a0e73696d706c65546f6b656e20c3a9"],
  ],
  ["authpb.Permission", ["080212046b6579ff1a0972616e6765456e64ff", "0802"]],
  ["authpb.UserAddOptions", ["0801", "0801"]],
  [
    "etcdserverpb.MemberAddRequest",
    ["0a0b7065657255726c7320c3a90a117065657255726c7320616761696e20c3a91001", "1001"],
  ],
  [
    "etcdserverpb.MemberAddResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a928011a5a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a928011a5a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801",
    ],
  ],
  ["etcdserverpb.MemberListRequest", ["0801", "0801"]],
  [
    "etcdserverpb.MemberListResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801",
    ],
  ],
  ["etcdserverpb.MemberPromoteRequest", ["089da98080808080808001"]],
  [
    "etcdserverpb.MemberPromoteResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801",
    ],
  ],
  ["etcdserverpb.MemberRemoveRequest", ["089da98080808080808001"]],
  [
    "etcdserverpb.MemberRemoveResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801",
    ],
  ],
  [
    "etcdserverpb.MemberUpdateRequest",
    ["089da98080808080808001120b7065657255726c7320c3a912117065657255726c7320616761696e20c3a9"],
  ],
  [
    "etcdserverpb.MemberUpdateResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801125a089da9808080808080800112076e616d6520c3a91a0b7065657255726c7320c3a91a117065657255726c7320616761696e20c3a9220d636c69656e7455726c7320c3a92213636c69656e7455726c7320616761696e20c3a92801",
    ],
  ],
  ["etcdserverpb.CompactionRequest", ["08a1bfd1ffffffffffff011001", "1001"]],
  [
    "etcdserverpb.CompactionResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  [
    "etcdserverpb.Compare",
    [
      "080310041a046b6579ff209ac1f4ffffffffffff0128c5dbc7ffffffffffff0130dddcd1ffffffffffff013a0676616c75650040aac1c3ffffffffffff0182040972616e6765456e64ff",
      "0803",
      "1004",
    ],
  ],
  ["etcdserverpb.DeleteRangeRequest", ["0a046b6579ff120972616e6765456e64ff1801", "1801"]],
  [
    "etcdserverpb.DeleteRangeResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810d2b9f2ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
    ],
  ],
  [
    "etcdserverpb.PutRequest",
    ["0a046b6579ff120676616c75650018aac1c3ffffffffffff01200128013001", "3001", "2801", "2001"],
  ],
  [
    "etcdserverpb.PutResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
    ],
  ],
  [
    "etcdserverpb.RangeRequest",
    [
      "0a046b6579ff120972616e6765456e64ff188ccbf8ffffffffffff0120a1bfd1ffffffffffff012802300438014001480150fbcfe2ffffffffffff0158c791f3ffffffffffff0160919dedffffffffffff0168d1e9d6ffffffffffff01",
      "4801",
      "4001",
      "3801",
      "2802",
      "3004",
    ],
  ],
  [
    "etcdserverpb.RangeResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01180120dd97c3ffffffffffff01",
      "0a001801",
    ],
  ],
  [
    "etcdserverpb.RangeStreamResponse",
    [
      "0aac010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01180120dd97c3ffffffffffff01",
    ],
  ],
  [
    "etcdserverpb.RequestOp",
    [
      "0a5d0a046b6579ff120972616e6765456e64ff188ccbf8ffffffffffff0120a1bfd1ffffffffffff012802300438014001480150fbcfe2ffffffffffff0158c791f3ffffffffffff0160919dedffffffffffff0168d1e9d6ffffffffffff01",
      "121f0a046b6579ff120676616c75650018aac1c3ffffffffffff01200128013001",
      "1a130a046b6579ff120972616e6765456e64ff1801",
      "22a2010a21080310041a046b6579ff40aac1c3ffffffffffff0182040972616e6765456e64ff0a21080310041a046b6579ff40aac1c3ffffffffffff0182040972616e6765456e64ff12151a130a046b6579ff120972616e6765456e64ff180112151a130a046b6579ff120972616e6765456e64ff18011a151a130a046b6579ff120972616e6765456e64ff18011a151a130a046b6579ff120972616e6765456e64ff1801",
    ],
  ],
  [
    "etcdserverpb.ResponseOp",
    [
      "0aac010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01180120dd97c3ffffffffffff01",
      "12630a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
      "1aaa010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810d2b9f2ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
      "2289030a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810011aad011aaa010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810d2b9f2ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011aad011aaa010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810d2b9f2ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
    ],
  ],
  [
    "etcdserverpb.TxnRequest",
    [
      "0a21080310041a046b6579ff40aac1c3ffffffffffff0182040972616e6765456e64ff0a21080310041a046b6579ff40aac1c3ffffffffffff0182040972616e6765456e64ff12151a130a046b6579ff120972616e6765456e64ff180112151a130a046b6579ff120972616e6765456e64ff18011a151a130a046b6579ff120972616e6765456e64ff18011a151a130a046b6579ff120972616e6765456e64ff1801",
    ],
  ],
  [
    "etcdserverpb.TxnResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810011aad011aaa010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810d2b9f2ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011aad011aaa010a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810d2b9f2ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
      "0a001001",
    ],
  ],
  [
    "etcdserverpb.LeaseCheckpointRequest",
    [
      "0a1608e3d6ffffffffffffff0110fc98c6ffffffffffff010a1608e3d6ffffffffffffff0110fc98c6ffffffffffff01",
    ],
  ],
  ["etcdserverpb.LeaseGrantRequest", ["08f7c1f3ffffffffffff0110e3d6ffffffffffffff01"]],
  [
    "etcdserverpb.LeaseGrantResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810e3d6ffffffffffffff0118f7c1f3ffffffffffff0122086572726f7220c3a9",
    ],
  ],
  ["etcdserverpb.LeaseKeepAliveRequest", ["08e3d6ffffffffffffff01"]],
  [
    "etcdserverpb.LeaseKeepAliveResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810e3d6ffffffffffffff0118f7c1f3ffffffffffff01",
    ],
  ],
  ["etcdserverpb.LeaseLeasesRequest", [""]],
  [
    "etcdserverpb.LeaseLeasesResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438120b08e3d6ffffffffffffff01120b08e3d6ffffffffffffff01",
    ],
  ],
  ["etcdserverpb.LeaseRevokeRequest", ["08e3d6ffffffffffffff01"]],
  [
    "etcdserverpb.LeaseRevokeResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["etcdserverpb.LeaseTimeToLiveRequest", ["08e3d6ffffffffffffff011001", "1001"]],
  [
    "etcdserverpb.LeaseTimeToLiveResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810e3d6ffffffffffffff0118f7c1f3ffffffffffff0120bff5ebffffffffffff012a056b657973ff2a0b6b65797320616761696eff",
    ],
  ],
  ["etcdserverpb.AlarmMember", ["08c2d7a2808080808080011002", "1002"]],
  ["etcdserverpb.AlarmRequest", ["080210c2d7a2808080808080011802", "0802", "1802"]],
  [
    "etcdserverpb.AlarmResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438120d08c2d7a2808080808080011002120d08c2d7a2808080808080011002",
    ],
  ],
  ["etcdserverpb.DefragmentRequest", [""]],
  ["etcdserverpb.DefragmentResponse", [""]],
  ["etcdserverpb.DowngradeRequest", ["0802120a76657273696f6e20c3a9", "0802"]],
  [
    "etcdserverpb.DowngradeResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438120a76657273696f6e20c3a9",
    ],
  ],
  ["etcdserverpb.HashKVRequest", ["08a1bfd1ffffffffffff01"]],
  [
    "etcdserverpb.HashKVResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381080a33618bbf4dcffffffffffff01208897f9ffffffffffff01",
    ],
  ],
  ["etcdserverpb.HashRequest", [""]],
  [
    "etcdserverpb.HashResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab4381080a336"],
  ],
  ["etcdserverpb.MoveLeaderRequest", ["08f3868380808080808001"]],
  ["etcdserverpb.MoveLeaderResponse", [""]],
  ["etcdserverpb.SnapshotRequest", [""]],
  ["etcdserverpb.SnapshotResponse", ["10acad391a05626c6f6200220a76657273696f6e20c3a9"]],
  ["etcdserverpb.StatusRequest", [""]],
  [
    "etcdserverpb.StatusResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438120a76657273696f6e20c3a918e3a3c3ffffffffffff01208ce58c8080808080800128d8812430eab438388aa40242096572726f727320c3a9420f6572726f727320616761696e20c3a948e7b2fbffffffffffff0150015a1173746f7261676556657273696f6e20c3a960e6b9d5ffffffffffff016a140801121074617267657456657273696f6e20c3a9",
      "0a005001",
    ],
  ],
  [
    "membershippb.ClusterMemberAttrSetRequest",
    [
      "08c2d7a280808080808001122d0a076e616d6520c3a9120d636c69656e7455726c7320c3a91213636c69656e7455726c7320616761696e20c3a9",
    ],
  ],
  ["membershippb.ClusterVersionSetRequest", ["0a0a76657273696f6e20c3a9"]],
  ["membershippb.DowngradeInfoSetRequest", ["0801120a76657273696f6e20c3a9", "0801"]],
  [
    "etcdserverpb.WatchCreateRequest",
    [
      "0a046b6579ff120972616e6765456e64ff18d1caccffffffffffff0120012a020100300138bafbdeffffffffffff014001",
      "2a020100",
      "4001",
      "3001",
      "2001",
    ],
  ],
  [
    "mvccpb.Event",
    [
      "0801123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
      "08011200",
    ],
  ],
  [
    "etcdserverpb.WatchRequest",
    [
      "0a310a046b6579ff120972616e6765456e64ff18d1caccffffffffffff0120012a020100300138bafbdeffffffffffff014001",
      "120b08bafbdeffffffffffff01",
      "1a00",
    ],
  ],
  [
    "etcdserverpb.WatchResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43810bafbdeffffffffffff011801200128bbf4dcffffffffffff01320f63616e63656c526561736f6e20c3a938015a7a0801123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff015a7a0801123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff011a3a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
      "0a002001",
      "0a001801",
      "0a003801",
    ],
  ],
  [
    "mvccpb.KeyValue",
    [
      "0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
    ],
  ],
  [
    "etcdserverpb.ResponseHeader",
    ["089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["v3electionpb.CampaignRequest", ["0a056e616d65ff10aac1c3ffffffffffff011a0676616c756500"]],
  [
    "v3electionpb.CampaignResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43812230a056e616d65ff12046b6579ff18c0d4f3ffffffffffff0120aac1c3ffffffffffff01",
    ],
  ],
  [
    "v3electionpb.LeaderKey",
    ["0a056e616d65ff12046b6579ff18c0d4f3ffffffffffff0120aac1c3ffffffffffff01"],
  ],
  ["v3electionpb.LeaderRequest", ["0a056e616d65ff"]],
  [
    "v3electionpb.LeaderResponse",
    [
      "0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438123a0a046b6579ff10c5dbc7ffffffffffff0118dddcd1ffffffffffff01209ac1f4ffffffffffff012a0676616c75650030aac1c3ffffffffffff01",
    ],
  ],
  [
    "v3electionpb.ProclaimRequest",
    ["0a230a056e616d65ff12046b6579ff18c0d4f3ffffffffffff0120aac1c3ffffffffffff01120676616c756500"],
  ],
  [
    "v3electionpb.ProclaimResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  [
    "v3electionpb.ResignRequest",
    ["0a230a056e616d65ff12046b6579ff18c0d4f3ffffffffffff0120aac1c3ffffffffffff01"],
  ],
  [
    "v3electionpb.ResignResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
  ["v3lockpb.LockRequest", ["0a056e616d65ff10aac1c3ffffffffffff01"]],
  [
    "v3lockpb.LockResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab43812046b6579ff"],
  ],
  ["v3lockpb.UnlockRequest", ["0a046b6579ff"]],
  [
    "v3lockpb.UnlockResponse",
    ["0a25089abda48080808080800110c2d7a28080808080800118a1bfd1ffffffffffff0120eab438"],
  ],
]);
