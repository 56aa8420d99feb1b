"""The names, places and goods that the seed draws from. Phone numbers are of Ofcom's range for drama."""

FIRST_NAMES = (
    "Oliver", "Isla", "George", "Freya", "Harry", "Ava", "Noah", "Lily", "Jack", "Grace", "Leo", "Mia", "Arthur",
    "Ella", "Oscar", "Ruby", "Theo", "Sophie", "Archie", "Evie", "Tariq", "Aisha", "Ravi", "Chloe", "Kwame", "Niamh",
    "Callum", "Megan", "Dylan", "Rhiannon", "Tomasz", "Zofia", "Samuel", "Hannah", "Joseph", "Leah", "Adam", "Molly",
    "Ewan", "Fiona", "Patrick", "Siobhan", "Imran", "Yasmin", "Victor", "Clara", "Hugh",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Robinson", "Wright",
    "Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall", "Wood", "Khan", "Clarke", "Jackson", "Lewis",
    "Hughes", "Edwards", "Cooper", "Ward", "Morgan", "Campbell", "Kelly", "Begum", "Murphy", "Stewart", "Bennett",
    "Gray", "Mason", "Hussain", "Marshall", "Murray", "Fraser", "Kowalski", "Adeyemi", "Reid", "Doyle", "Mensah",
    "Fletcher", "Barnes",
)  # fmt: skip
STREETS = (
    "High Street", "Station Road", "Church Lane", "Victoria Road", "Mill Lane", "Park Avenue", "Queen Street",
    "The Green", "Kings Road", "Chapel Row", "Bridge Street", "Orchard Close",
)  # fmt: skip
CITIES = (
    ("London", "E8"), ("London", "N16"), ("London", "SE15"), ("London", "SW4"), ("Bristol", "BS3"), ("Leeds", "LS6"),
    ("Sheffield", "S11"), ("Liverpool", "L17"), ("Glasgow", "G12"), ("Edinburgh", "EH9"), ("Cardiff", "CF10"),
    ("Belfast", "BT7"), ("Norwich", "NR2"), ("York", "YO31"), ("Brighton", "BN2"), ("Exeter", "EX4"),
    ("Nottingham", "NG7"), ("Newcastle upon Tyne", "NE6"), ("Oxford", "OX4"), ("Bath", "BA1"),
)  # fmt: skip
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
CARRIERS = ("Royal Mail", "Evri", "Parcelforce")

# Stock number, name (its plural takes an s), price in pence.
PRODUCTS = (
    ("LMP-01", "desk lamp", 4250),
    ("LMP-02", "brass floor lamp", 12900),
    ("LMP-03", "bedside lamp", 3600),
    ("CSH-01", "linen cushion cover", 1450),
    ("CSH-02", "velvet cushion", 2800),
    ("THR-01", "wool throw", 5900),
    ("THR-02", "cotton blanket", 4400),
    ("RUG-01", "jute rug", 8900),
    ("RUG-02", "wool runner", 11500),
    ("MUG-01", "stoneware mug", 995),
    ("BWL-01", "serving bowl", 2250),
    ("PLT-01", "dinner plate", 1250),
    ("JUG-01", "water jug", 1875),
    ("PAN-01", "cast iron pan", 6400),
    ("KNF-01", "bread knife", 2695),
    ("TWL-01", "bath towel", 1800),
    ("MAT-01", "bath mat", 2150),
    ("MIR-01", "round mirror", 7500),
    ("CLK-01", "wall clock", 3950),
    ("FRM-01", "picture frame", 1650),
    ("VAS-01", "glass vase", 2400),
    ("CND-01", "scented candle", 1400),
    ("SHL-01", "oak wall shelf", 5450),
    ("STL-01", "ash bar stool", 13900),
)
RETURN_REASONS = (
    "The colour is not what it looked like.",
    "It does not fit.",
    "It arrived with a scratch.",
    "Changed their mind.",
    "Two were sent instead of one.",
)
TICKETS = (
    "Wants a copy of the invoice for the accounts department.",
    "The parcel was left in the rain and the box is soaked.",
    "Asks for the delivery address to be changed to a neighbour's.",
    "One of the screws for assembly is missing.",
    "The refund has not arrived after seven working days.",
    "The discount code of the newsletter was not accepted.",
    "Asks when the round mirror is back in stock.",
    "The lamp flickers; claims the warranty.",
    "Was charged twice for one order and has the bank statement.",
    "The wrong colour was sent; wants the one that was ordered.",
    "Asks for all their data to be deleted.",
    "The carrier says delivered, but nothing is there.",
)
