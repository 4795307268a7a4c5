"""What the firm sells, at which prices, and to whom: constants only, all of them invented."""

from dataclasses import dataclass

from samples.agency.schedules import Frequency

CLASSES = ("time", "expense", "material", "fee")


@dataclass(frozen=True)
class Currency:
    """A currency with what a US dollar costs in it; price_step (in thousandths) is what list prices are rounded to."""

    code: str
    decimals: int
    per_usd: float
    price_step: int
    tax_percent: int
    share: int
    legal_forms: tuple[str, ...]

    @property
    def smallest_unit(self) -> int:
        """The smallest amount of the currency in thousandths: 10 for a cent, 1000 for a yen, 1 for a fils."""
        return int(10 ** (3 - self.decimals))

    def price(self, usd: float) -> int:
        """A round price in this currency, in thousandths."""
        return round(usd * self.per_usd * 1000 / self.price_step) * self.price_step


CURRENCIES = (
    Currency("USD", 2, 1.00, 2_500, 0, 40, ("Inc", "LLC", "Corporation")),
    Currency("EUR", 2, 0.92, 2_500, 20, 25, ("GmbH", "SAS", "BV")),
    Currency("GBP", 2, 0.79, 2_500, 20, 15, ("Ltd", "LLP", "plc")),
    Currency("JPY", 0, 150.0, 50_000, 10, 12, ("KK", "GK")),
    Currency("KWD", 3, 0.307, 125, 0, 8, ("WLL", "KSC")),
)


@dataclass(frozen=True)
class Role:
    """A role with its hourly list price in US dollars."""

    role_id: str
    name: str
    usd_per_hour: float
    target_utilization_percent: int


ROLES = (
    Role("AG-partner", "Partner", 320, 40),
    Role("AG-architect", "Solution architect", 215, 70),
    Role("AG-project-manager", "Project manager", 180, 60),
    Role("AG-consultant", "Senior consultant", 165, 75),
    Role("AG-data-engineer", "Data engineer", 150, 80),
    Role("AG-developer", "Developer", 135, 80),
    Role("AG-designer", "Designer", 125, 75),
    Role("AG-analyst", "Business analyst", 110, 80),
)


@dataclass(frozen=True)
class Category:
    """Something one books: its median price in US dollars (time: the role's price), the spread of its logarithm."""

    name: str
    transaction_class: str
    description: str
    unit: str
    median_usd: float = 0.0
    spread: float = 0.0
    most: int = 1


CATEGORIES = (
    Category("workshop", "time", "Workshop with the client", "hour"),
    Category("design", "time", "Solution design", "hour"),
    Category("development", "time", "Development", "hour"),
    Category("testing", "time", "Test and repair of defects", "hour"),
    Category("migration", "time", "Data migration", "hour"),
    Category("coordination", "time", "Planning and status", "hour"),
    Category("airfare", "expense", "Flight to the client", "each", 420, 0.45, 2),
    Category("hotel", "expense", "Hotel near the client", "night", 145, 0.25, 4),
    Category("rail", "expense", "Train to the client", "each", 75, 0.50, 2),
    Category("taxi", "expense", "Taxi between site and station", "each", 32, 0.40, 1),
    Category("meals", "expense", "Meals while travelling", "day", 48, 0.20, 4),
    Category("mileage", "expense", "Own car", "km", 0.60, 0.0, 320),
    Category("hardware", "material", "Hardware for the project", "each", 690, 0.60, 5),
    Category("cloud", "material", "Cloud resources", "month", 260, 0.80, 1),
    Category("licences", "material", "Software licences", "each", 85, 0.40, 25),
    Category("administration", "fee", "Administration fee", "each", 95, 0.10, 1),
    Category("hosting", "fee", "Hosting fee", "month", 340, 0.35, 1),
)


@dataclass(frozen=True)
class LineKind:
    """A kind of contract line: percents of its transactions by class (empty: fixed price) and its relative volume."""

    name: str
    class_percents: tuple[int, ...] = ()
    volume: float = 0.0
    share: int = 10

    @property
    def fixed_price(self) -> bool:
        """Whether the line is invoiced by milestones."""
        return not self.class_percents


LINE_KINDS = (
    LineKind("Delivery", (100, 0, 0, 0), 1.0, 30),
    LineKind("Delivery and travel", (85, 15, 0, 0), 1.0, 14),
    LineKind("Travel expenses", (0, 100, 0, 0), 0.25, 12),
    LineKind("Materials and fees", (0, 0, 70, 30), 0.10, 8),
    LineKind("Managed service", (78, 8, 6, 8), 0.8, 10),
    LineKind("Discovery phase", share=10),
    LineKind("Platform build", share=10),
    LineKind("Migration", share=6),
)


FREQUENCIES = (
    Frequency("AG-weekly-friday", "Every Friday", "weekly", "friday"),
    Frequency("AG-biweekly-monday", "Every second Monday", "biweekly", "monday"),
    Frequency("AG-biweekly-thursday", "Every second Thursday", "biweekly", "thursday"),
    Frequency("AG-monthly-first-monday", "First Monday of the month", "monthly", "first monday"),
    Frequency("AG-monthly-second-fourth-friday", "Second and fourth Friday", "monthly", "second friday;fourth friday"),
    Frequency("AG-monthly-last-weekday", "Last Friday of the month", "monthly", "last friday"),
    Frequency("AG-monthly-15-last", "The 15th and the last day", "monthly", "15;last"),
    Frequency("AG-monthly-31", "The 31st or the month's last day", "monthly", "31"),
)

# Percents of the line's customers in their order, which is that of the contract; the last but one pattern of three
# keeps a customer who has left the contract at 0 percent.
SPLITS: dict[int, tuple[tuple[str, ...], ...]] = {
    1: (("100",),),
    2: (("60", "40"), ("50", "50"), ("66.6667", "33.3333"), ("100",)),
    3: (("33.3334", "33.3333", "33.3333"), ("33.3333", "33.3333", "33.3334"), ("55", "45", "0"), ("50", "30", "20")),
}

PROJECTS = (
    "Data platform", "Customer portal", "Cloud migration", "Order management", "Warehouse automation",
    "Planning and forecasting", "Finance transformation", "Field service", "Analytics", "Web shop", "Payroll",
    "Billing",
)  # fmt: skip

COMPANY_NAMES = (
    "Alderwick", "Ambleton", "Birchmere", "Bramwell", "Brightwater", "Caldbrook", "Castelmar", "Cedarholt", "Corvane",
    "Dalmora", "Dunmarrow", "Eastmere", "Elderfield", "Fernhollow", "Fjordvik", "Galloway Reach", "Glenmarch",
    "Greywater", "Halden", "Harrowgate Hill", "Hazelmoor", "Highmarsh", "Ivarsund", "Jasperton", "Kestrel Point",
    "Kirkholm", "Larkfield", "Lindenau", "Longmere", "Marlowe Bay", "Meridale", "Milverton", "Mosshaven", "Nordhaven",
    "Oakhurst", "Old Quay", "Orlemont", "Pinecrest", "Quillbrook", "Ravenswick", "Redcliffe", "Rosendal", "Saltmarsh",
    "Sandbourne", "Silverfen", "Skylark", "Stonebridge", "Sunderby", "Tamarisk", "Thornbury Lane", "Umberfield",
    "Valmont", "Verdane", "Walden Cross", "Westering", "Whitlock", "Wolmar", "Yarrow", "Yewdale", "Zellwood",
)  # fmt: skip

COMPANY_TRADES = (
    "Aerospace", "Analytics", "Bakeries", "Biotech", "Breweries", "Building Supplies", "Capital", "Ceramics",
    "Chemicals", "Clinics", "Dairy", "Diagnostics", "Electronics", "Energy", "Estates", "Foods", "Freight", "Furniture",
    "Gardens", "Glass", "Hotels", "Insurance", "Labs", "Logistics", "Marine", "Media", "Mobility", "Optics",
    "Outfitters", "Packaging", "Paper", "Pharma", "Publishing", "Rail", "Retail", "Robotics", "Shipping", "Telecom",
    "Textiles", "Water",
)  # fmt: skip

FIRST_NAMES = (
    "Aiko", "Amara", "Anders", "Beatriz", "Bilal", "Chloe", "Daniel", "Dina", "Elif", "Emil", "Fatima", "Felix",
    "Grace", "Hana", "Hugo", "Ingrid", "Ivan", "Jamal", "Julia", "Kenji", "Lara", "Liam", "Mei", "Milan", "Nadia",
    "Noah", "Olga", "Omar", "Priya", "Rosa", "Samir", "Sofia", "Tariq", "Tessa", "Viktor", "Yara",
)  # fmt: skip

LAST_NAMES = (
    "Abadi", "Andersson", "Baker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Hughes", "Ito",
    "Jansen", "Kaya", "Kowalski", "Larsen", "Meyer", "Mori", "Nakamura", "Novak", "Okafor", "Patel", "Petrov", "Quinn",
    "Rahman", "Rossi", "Sato", "Schmidt", "Silva", "Tanaka", "Walsh", "Weber", "Yilmaz",
)  # fmt: skip

MILESTONE_NAMES = ("Kick-off", "Design approved", "Build complete", "Test passed", "Go-live", "Final acceptance")
