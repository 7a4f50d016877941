/// Why a drill can't be held.
enum DrillError: Error, CustomStringConvertible {
    case noBroker, noDatabase
    case noStart(String)

    var description: String {
        switch self {
        case .noBroker: "no broker is given (AMQP_URL, BROKER_DIR, RABBITMQCTL); run deploy/drill, which starts one"
        case .noDatabase: "no PostgreSQL is given (POSTGRES_URL, POSTGRES_DIR); run deploy/drill, which starts one"
        case .noStart(let what): what
        }
    }
}
