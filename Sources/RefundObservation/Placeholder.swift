import CoreMetrics
import Hummingbird
import Tracing
