// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// What `deploy/build` has recorded in the program. A definition for one C file, so that a new commit compiles that file
/// and what shows it, and a source tree without git builds all the same.
let buildRecord: [CSetting] = ["REFUND_BUILD_COMMIT", "REFUND_BUILD_DATE", "REFUND_BUILD_SWIFT"].compactMap { name in
    // It becomes a part of a C file.
    guard let value = Context.environment[name], !value.isEmpty, value.utf8.count <= 64,
        value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") })
    else { return nil }
    return .define(name, to: value)
}

// Every dependency by its exact version, those of others too: no list of resolved versions is kept beside the sources
// (`Package.resolved` is ignored where this is built), and what was built must be what was tested. The build records them
// with their commits in its bill (`deploy/bill`). A newer version is taken on purpose: change it here, run `deploy/test`.

/// What targets of ours name, and what for.
let namedByTargets: [Package.Dependency] = [
    // the commands and their help
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // DequeModule: the lane's queues
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    // settings from flags, environment and file
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
    // spans of batches, for whoever gives a tracer
    .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
    // the log's interface; the lines are our own (LineLog)
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    // the metrics' interface; the page of them is our own
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    // sockets under the page and the worker's health
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    // percentiles of the bench
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    // HTTP of the page, and of health and metrics
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    // SQLite
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    // YAML of policy and settings
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    // signals, and the order in which parts stop
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
]

/// What those bring along, and who does: named so that no build takes another version than the last one did.
let namedByOthers: [Package.Dependency] = [
    // hummingbird, whose client is not in our products
    .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
    // swift-nio-extras, async-http-client
    .package(url: "https://github.com/apple/swift-algorithms.git", exact: "1.2.1"),
    // swift-certificates
    .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
    // hummingbird, swift-service-lifecycle
    .package(url: "https://github.com/apple/swift-async-algorithms.git", exact: "1.1.4"),
    // swift-nio
    .package(url: "https://github.com/apple/swift-atomics.git", exact: "1.3.0"),
    // swift-nio-extras
    .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
    // swift-certificates
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    // swift-nio-extras
    .package(url: "https://github.com/apple/swift-http-structured-headers.git", exact: "1.7.0"),
    // hummingbird
    .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
    // hummingbird
    .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
    // hummingbird
    .package(url: "https://github.com/apple/swift-nio-http2.git", exact: "1.46.0"),
    // hummingbird
    .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
    // hummingbird, on Apple's systems
    .package(url: "https://github.com/apple/swift-nio-transport-services.git", exact: "1.28.0"),
    // hdrhistogram-swift, swift-algorithms
    .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
    // swift-distributed-tracing
    .package(url: "https://github.com/apple/swift-service-context.git", exact: "1.5.1"),
    // swift-nio, swift-configuration
    .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
]

/// A product of each that no target of ours imports, for a platform that nothing is built for: it keeps SwiftPM from warning
/// of them, and compiles nothing.
let heldBack: [Target.Dependency] = [
    ("Algorithms", "swift-algorithms"),
    ("SwiftASN1", "swift-asn1"),
    ("Atomics", "swift-atomics"),
    ("X509", "swift-certificates"),
    ("Crypto", "swift-crypto"),
    ("StructuredFieldValues", "swift-http-structured-headers"),
    ("NIOExtras", "swift-nio-extras"),
    ("NIOHTTP2", "swift-nio-http2"),
    ("NIOTransportServices", "swift-nio-transport-services"),
    ("Numerics", "swift-numerics"),
    ("ServiceContextModule", "swift-service-context"),
    ("SystemPackage", "swift-system"),
].map { .product(name: $0, package: $1, condition: .when(platforms: [.wasi])) }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let dequeModule = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "refund-worker",
    products: [
        .executable(name: "refund-worker", targets: ["refund-worker"]),
        .library(name: "AMQPClient", targets: ["AMQPClient"]),
    ],
    dependencies: namedByTargets + namedByOthers,
    targets: [
        .systemLibrary(name: "CRabbitMQ", providers: [.apt(["librabbitmq-dev", "libssl-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev", "libssl-dev"])]),
        .target(name: "CBuildRecord", dependencies: heldBack, cSettings: buildRecord),
        .target(name: "CProcessMemory"),
        .target(name: "AMQPClient", dependencies: ["CRabbitMQ"], swiftSettings: strict),
        .target(name: "RefundPolicy", dependencies: [yams], swiftSettings: strict),
        .target(name: "RefundCase", dependencies: ["RefundPolicy"], swiftSettings: strict),
        .target(name: "RefundMessages", dependencies: ["RefundPolicy", "RefundCase"], swiftSettings: strict),
        .target(
            name: "RefundContract", dependencies: ["RefundMessages"], resources: [.embedInCode("Schemas")],
            swiftSettings: strict),
        .target(
            name: "RefundWorker", dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", dequeModule],
            swiftSettings: strict),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "CSQLite", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", grdb, grdbSQLite,
            ],
            swiftSettings: strict),
        .target(
            name: "PostgresStore",
            dependencies: ["CPostgreSQL", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker"],
            swiftSettings: strict),
        .target(
            name: "RefundService",
            dependencies: [
                "AMQPClient", "CBuildRecord", "CProcessMemory", "RefundPolicy", "RefundCase", "RefundMessages",
                "RefundWorker",
                "SQLiteStore", "PostgresStore", configuration, coreMetrics, dequeModule, logging, serviceLifecycle,
                tracing, unixSignals,
                yams,
            ],
            swiftSettings: strict),
        .target(
            name: "GuardedHTTP", dependencies: ["RefundService", hummingbird, logging, nioCore],
            swiftSettings: strict),
        .target(
            name: "RefundObservation",
            dependencies: [
                "GuardedHTTP", "RefundPolicy", "RefundCase", "RefundMessages", "RefundService", coreMetrics,
                hummingbird,
                logging,
                nioCore,
                serviceLifecycle,
            ],
            swiftSettings: strict),
        .target(
            name: "RefundConsole",
            dependencies: [
                "AMQPClient", "GuardedHTTP", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker",
                "RefundService", hummingbird, logging, nioCore, nioPosix, serviceLifecycle,
            ],
            resources: [.embedInCode("Assets")], swiftSettings: strict),
        .target(
            name: "RefundBench",
            dependencies: [
                "AMQPClient", "CPostgreSQL", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker",
                "RefundService",
                histogram,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "refund-worker",
            dependencies: [
                "AMQPClient", "RefundPolicy", "RefundCase", "RefundMessages", "RefundContract", "RefundWorker",
                "RefundService", "RefundObservation", "RefundBench", "RefundConsole", argumentParser, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RefundBenchTests", dependencies: ["AMQPClient", "RefundPolicy", "RefundService", "RefundBench"],
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["RefundPolicy", "RefundCase", "RefundMessages"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "StoreConformance", dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker"],
            path: "Tests/StoreConformance", swiftSettings: strict),
        .target(
            name: "StoreFilling",
            dependencies: [
                "CPostgreSQL", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "SQLiteStore",
                "PostgresStore", grdb,
            ],
            path: "Tests/StoreFilling", swiftSettings: strict),
        .target(
            name: "Simulation",
            dependencies: [
                "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "SQLiteStore", grdb, grdbSQLite,
            ],
            path: "Tests/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate", swiftSettings: strict),
        .executableTarget(
            name: "hot-paths",
            dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "SQLiteStore"],
            path: "Tests/HotPaths", exclude: ["figures"], swiftSettings: strict),
        .executableTarget(
            name: "growth",
            dependencies: [
                "CPostgreSQL", "RefundPolicy", "RefundMessages", "RefundWorker", "SQLiteStore", "PostgresStore",
                "StoreFilling", argumentParser,
            ],
            path: "Tests/Growth", swiftSettings: strict),
        .executableTarget(
            name: "drill",
            dependencies: [
                "AMQPClient", "CPostgreSQL", "RefundPolicy", "RefundMessages", "RefundWorker", "RefundService",
                "Simulation", argumentParser, dequeModule, grdb,
            ],
            path: "Tests/Drill", swiftSettings: strict),
        .testTarget(name: "DrillTests", dependencies: ["drill"], swiftSettings: strict),
        .target(
            name: "Fuzzing", dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "RefundService"],
            path: "Tests/Fuzzing", swiftSettings: strict),
        .executableTarget(name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz", swiftSettings: strict),
        .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"], swiftSettings: strict),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: strict),
        .testTarget(name: "AMQPClientTests", dependencies: ["AMQPClient", "CRabbitMQ"], swiftSettings: strict),
        .testTarget(
            name: "RefundPolicyTests", dependencies: ["RefundPolicy"], swiftSettings: strict),
        .testTarget(
            name: "RefundCaseTests",
            dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RefundMessagesTests",
            dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RefundContractTests",
            dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "RefundContract", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RefundWorkerTests",
            dependencies: ["RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "SQLiteStore", "StoreConformance",
                grdb, grdbSQLite,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: [
                "CPostgreSQL", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "PostgresStore",
                "StoreConformance",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RefundServiceTests",
            dependencies: [
                "AMQPClient", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "RefundService",
                "PostgresStore", "SQLiteStore", "StoreFilling", "TestSupport", coreMetrics, inMemoryTracing, tracing,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RefundConsoleTests",
            dependencies: [
                "AMQPClient", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "RefundService",
                "RefundConsole", "SQLiteStore", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GuardedHTTPTests",
            dependencies: ["GuardedHTTP", hummingbird, logging, nioCore, nioEmbedded],
            swiftSettings: strict),
        .testTarget(
            name: "RefundObservationTests", dependencies: ["RefundObservation", "RefundService", coreMetrics],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "refund-worker", "RefundPolicy", "RefundCase", "RefundMessages", "RefundWorker", "SQLiteStore",
                "StoreFilling",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WorkerTests",
            dependencies: ["AMQPClient", "CRabbitMQ", "RefundService", "refund-worker", "TestSupport", grdb],
            swiftSettings: strict),
    ]
)
