import ArgumentParser
import Logging
import RefundObservation
import RefundService

/// `refund-worker run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Work until SIGTERM, then drain and stop.",
        discussion: """
            Needs the broker's objects (refund-worker topology declare). A SQLite store is made if there never was one; \
            in PostgreSQL it is made once (refund-worker store create), so that an empty server is never taken for it.

            A version of the policy that cases were decided by and that comes with other content is refused, with what \
            differs: give the change a version of its own, or --accept-changed-policy.

            SIGHUP has it read its settings' files again, for passwords that have changed.

            With http.port it serves /metrics, /healthz, /readyz, /version and /status.

            Example:
              refund-worker run --amqp-url amqp://worker:secret@mq.example.com/ --store-url sqlite:/var/lib/refunds.sqlite
            """)

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup(title: "Store and policy") var store: StoreOptions
    @OptionGroup(title: "Store and policy") var identity: StoreIdentityOptions
    @OptionGroup(title: "Store and policy") var policy: PolicyOptions
    @Flag(
        name: .customLong("accept-changed-policy"),
        help: "Start although a version of the policy that is in use has other content: for new cases it holds.")
    var acceptsChangedPolicy = false
    @OptionGroup(title: "Worker") var worker: WorkerOptions

    func run() async throws {
        let origin = configuration.origin(broker.flags, store.flags, identity.flags, policy.flags, worker.flags)
        let settings = try origin.read()
        let registry = PrometheusRegistry()
        try await Worker.run(
            settings, from: origin, acceptsChangedPolicy: acceptsChangedPolicy, metrics: registry
        ) { watch in
            guard let port = settings.http.port else { return [] }
            return [
                ObservationService(
                    watch: watch, registry: registry, host: settings.http.host, port: port,
                    log: LineLog.logger("http", settings: settings.log))
            ]
        }
    }
}
