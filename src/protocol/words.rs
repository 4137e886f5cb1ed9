//! The words that pseudonyms are made of.
//!
//! Materials, plants, stuffs and kinds of ground; then things, buildings, instruments, landforms and birds. None names a
//! quality or a rank, none is a given name, none is a colour of skin or hair.

/// The first word of a pseudonym.
#[rustfmt::skip]
pub(super) const FIRST: [&str; 141] = [
    "Alder", "Apricot", "Bamboo", "Barley", "Basalt", "Beech", "Bergamot", "Birch", "Bramble", "Brass", "Brick", "Buckwheat",
    "Burlap", "Calico", "Canvas", "Carbon", "Cardamom", "Cedar", "Chalk", "Chevron", "Citrus", "Cobalt", "Copper", "Corduroy",
    "Cork", "Cotton", "Cranberry", "Cumin", "Currant", "Cypress", "Damask", "Denim", "Dogwood", "Dune", "Elm", "Felt", "Fennel",
    "Flannel", "Flax", "Flint", "Gingham", "Granite", "Graphite", "Gravel", "Harbour", "Hemlock", "Hemp", "Herringbone",
    "Hickory", "Hornbeam", "Indigo", "Jute", "Kelp", "Lagoon", "Larch", "Lemon", "Lichen", "Lime", "Limestone", "Linen",
    "Magenta", "Mango", "Maple", "Marble", "Maroon", "Marsh", "Meadow", "Mercury", "Mica", "Millet", "Mineral", "Mohair",
    "Moorland", "Mosaic", "Mulberry", "Nectarine", "Nickel", "Nutmeg", "Oak", "Oat", "Ochre", "Olivine", "Orchard", "Oregano",
    "Paisley", "Papaya", "Paprika", "Parchment", "Pebble", "Pecan", "Pepper", "Peppermint", "Pewter", "Pine", "Pistachio",
    "Plaid", "Pollen", "Poplar", "Prairie", "Pumice", "Quartz", "Quince", "Raffia", "Rattan", "Redwood", "Rhubarb", "Sandstone",
    "Sateen", "Sequoia", "Sesame", "Shale", "Sisal", "Slate", "Sorghum", "Sorrel", "Spruce", "Sumac", "Sycamore", "Tamarind",
    "Tangerine", "Teak", "Teal", "Terracotta", "Timber", "Tin", "Tundra", "Turquoise", "Tweed", "Twill", "Umber", "Valley",
    "Vanilla", "Vermilion", "Walnut", "Watercress", "Wheat", "Wicker", "Willowherb", "Woodland", "Yarrow", "Zinc",
];

/// The second word of a pseudonym.
#[rustfmt::skip]
pub(super) const SECOND: [&str; 204] = [
    "Abacus", "Acorn", "Adapter", "Almanac", "Anchor", "Anvil", "Aqueduct", "Arbour", "Arcade", "Archway", "Atlas", "Avocet",
    "Axle", "Balcony", "Banjo", "Barge", "Barometer", "Basin", "Basket", "Bassoon", "Beacon", "Bench", "Bicycle", "Bittern",
    "Boulder", "Bridge", "Bucket", "Bulb", "Buoy", "Button", "Cabinet", "Cable", "Calendar", "Canal", "Canoe", "Canopy",
    "Caravan", "Carousel", "Cello", "Chimney", "Clarinet", "Clipper", "Cloud", "Compass", "Cormorant", "Corridor", "Cottage",
    "Courtyard", "Crate", "Curlew", "Curtain", "Cymbal", "Domino", "Doorway", "Dulcimer", "Dunlin", "Easel", "Egret",
    "Elevator", "Envelope", "Estuary", "Fiddle", "Fjord", "Flagstone", "Flute", "Fountain", "Gallery", "Gannet", "Garden",
    "Gateway", "Gazebo", "Geyser", "Glider", "Globe", "Godwit", "Gondola", "Grebe", "Grove", "Guitar", "Harp", "Hatbox",
    "Headland", "Heron", "Hinge", "Hoist", "Hourglass", "Hydrant", "Ibis", "Inkwell", "Isthmus", "Jetty", "Jigsaw", "Kayak",
    "Kestrel", "Kettle", "Keyboard", "Kite", "Ladder", "Lamp", "Lantern", "Lapwing", "Lattice", "Ledger", "Lighthouse",
    "Linnet", "Loom", "Lynx", "Mandolin", "Marimba", "Marmot", "Metronome", "Mill", "Mirror", "Mooring", "Notebook", "Oboe",
    "Octagon", "Orbit", "Otter", "Oven", "Paddle", "Palette", "Pantry", "Parasol", "Parcel", "Pavilion", "Pendulum",
    "Peninsula", "Piano", "Piccolo", "Pier", "Pinwheel", "Pipit", "Planet", "Plateau", "Plover", "Postcard", "Prism", "Puffin",
    "Pulley", "Pylon", "Quarry", "Quay", "Raft", "Railway", "Raindrop", "Ravine", "Redshank", "Ribbon", "Rudder", "Sandpiper",
    "Satchel", "Saxophone", "Scooter", "Seagrass", "Sextant", "Shelf", "Shuttle", "Siskin", "Skylight", "Sleigh", "Spindle",
    "Spiral", "Spoonbill", "Stairway", "Starling", "Stork", "Sundial", "Tambourine", "Teacup", "Telegraph", "Telescope", "Tern",
    "Thimble", "Tractor", "Trellis", "Triangle", "Trolley", "Trombone", "Trumpet", "Tugboat", "Tunnel", "Turbine", "Turnstile",
    "Typewriter", "Ukulele", "Umbrella", "Viaduct", "Violin", "Wagon", "Wagtail", "Waterfall", "Waterwheel", "Weathervane",
    "Wharf", "Whistle", "Windmill", "Window", "Woodpecker", "Workshop", "Xylophone", "Yurt", "Zeppelin", "Zither",
];
