public import RefundService

/// What a bench works with.
public struct BenchTerms: Sendable {
    public var plan: BenchPlan
    public var isQuick: Bool
    /// The version of this program.
    public var version: String
    public var broker: BrokerSettings
    /// For the workers, broker settings included.
    public var environment: [String: String]
    /// `nil` leaves PostgreSQL out.
    public var postgresqlURL: String?
    /// The floor program's path; `nil` leaves it out.
    public var floor: String?
    /// Where stores are kept meanwhile: its disk is what is measured.
    public var folder: String

    public init(
        plan: BenchPlan, isQuick: Bool, version: String, broker: BrokerSettings, environment: [String: String],
        postgresqlURL: String?, floor: String?, folder: String
    ) {
        self.plan = plan
        self.isQuick = isQuick
        self.version = version
        self.broker = broker
        self.environment = environment
        self.postgresqlURL = postgresqlURL
        self.floor = floor
        self.folder = folder
    }
}
