/// What a drill does to real parts.
enum DrillFault: String, CaseIterable, Sendable {
    // Workers and the systems behind.
    case killWorker, freezeWorker, rollingRestart, killSandbox
    // Connections of workers to the broker.
    case cutConnections, stallConnections
    // The broker.
    case killBroker, memoryAlarm
    // PostgreSQL, and the workers' connections to it.
    case restartDatabase, killDatabase, freezeDatabase, cutDatabaseConnections, stallDatabaseConnections
    // The disk under SQLite.
    case fillDisk

    /// How long it lasts, in seconds. What is frozen or stalled is so for longer than two heartbeats.
    var lasts: ClosedRange<Double> {
        switch self {
        case .freezeWorker, .stallConnections: 5...9
        case .freezeDatabase, .stallDatabaseConnections: 2...8
        case .memoryAlarm, .fillDisk: 2...5
        case .killBroker, .restartDatabase, .killDatabase: 0...2
        case .killWorker, .rollingRestart, .killSandbox, .cutConnections, .cutDatabaseConnections: 0...0
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .killWorker: "a worker killed and started again"
        case .freezeWorker: "a worker frozen past its heartbeat, and thawed"
        case .rollingRestart: "a rolling restart of all workers"
        case .killSandbox: "the sandbox killed and started again"
        case .cutConnections: "a worker's connections to the broker cut"
        case .stallConnections: "a worker's connections to the broker stalled"
        case .killBroker: "the broker killed and started again"
        case .memoryAlarm: "the broker's memory alarm"
        case .restartDatabase: "PostgreSQL stopped and started again"
        case .killDatabase: "PostgreSQL killed and started again"
        case .freezeDatabase: "PostgreSQL frozen and thawed"
        case .cutDatabaseConnections: "a worker's connections to PostgreSQL cut"
        case .stallDatabaseConnections: "a worker's connections to PostgreSQL stalled"
        case .fillDisk: "the store's disk filled up"
        }
    }
}

/// A fault at its time.
struct Strike: Hashable, Sendable {
    let at: Duration
    let fault: DrillFault
    /// Which store's fleet, and which of its workers, as places in their lists; what does not concern one leaves it.
    let fleet: Int
    let worker: Int
    let lasts: Duration
}
