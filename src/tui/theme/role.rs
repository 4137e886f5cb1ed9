//! What a cell can mean: the roles that a theme gives a look.

/// How much a role's look has to stand out from what is behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It is read: contrast of 4.5 to 1 at least.
    Text,
    /// It is seen, and something else says the same: 3 to 1.
    Mark,
    /// It only holds the page together.
    Ground,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $name:literal $weight:ident <- $parent:ident;)*) => {
        /// What a cell means. A widget asks for a role, never for a colour.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// All of them.
            pub const ALL: &'static [Role] = &[$(Role::$role,)*];

            /// Its name in a theme file.
            pub fn name(self) -> &'static str {
                match self { $(Role::$role => $name,)* }
            }

            /// How much it has to stand out.
            pub fn weight(self) -> Weight {
                match self { $(Role::$role => Weight::$weight,)* }
            }

            /// Whose look it takes in a theme that does not name it; `Base` ends the line.
            pub fn parent(self) -> Role {
                match self { $(Role::$role => Role::$parent,)* }
            }
        }
    };
}

roles! {
    /// The screen behind everything.
    Base "base" Text <- Base;
    /// What is read.
    Text "text" Text <- Base;
    /// What is read second.
    Muted "muted" Text <- Text;
    /// What fills a gap: dots, rules.
    Faint "faint" Ground <- Muted;
    /// What matters most on this screen.
    Accent "accent" Text <- Text;
    /// A heading.
    Title "title" Text <- Accent;
    /// The bar at the top.
    TitleBar "title-bar" Text <- Base;
    /// The bar of keys at the bottom.
    Footer "footer" Text <- Muted;
    /// A key that can be pressed here.
    Key "key" Text <- Accent;
    /// A short word on a ground of its own: "names hidden", "changed text".
    Badge "badge" Text <- Accent;
    /// The frame of a pane.
    Border "border" Ground <- Faint;
    /// The frame of the pane that has the focus.
    BorderFocused "border-focused" Mark <- Accent;
    /// The ground of a box that lies over the screen.
    Popup "popup" Text <- Base;
    /// The ground of a field that is written in.
    Field "field" Text <- Popup;
    /// The head of a table's column.
    Header "header" Text <- Muted;
    /// The ground of the row or cell under the cursor.
    Selected "selected" Text <- Base;
    /// The same where another pane has the focus.
    SelectedIdle "selected-idle" Text <- Selected;
    /// Rows taken together for one act.
    Marked "marked" Text <- Accent;
    /// Letters that a filter or a search found.
    Search "search" Text <- Accent;

    /// The word in the ear.
    Spoken "spoken" Text <- Selected;
    /// The word under the transcript's cursor.
    Cursor "cursor" Text <- Selected;
    /// Words taken together, to be evidence.
    Selection "selection" Text <- Selected;
    /// Words that a rating rests on, and their place in the waveform.
    Evidence "evidence" Text <- Accent;
    /// Words that the rubric looks for.
    LookFor "look-for" Text <- Search;
    /// Words that the engine was not sure of.
    LowConfidence "low-confidence" Text <- Muted;
    /// Who speaks.
    Speaker "speaker" Text <- Title;
    /// How long a pause was.
    Pause "pause" Text <- Muted;

    /// Speech in the waveform.
    WaveSpeech "wave-speech" Mark <- Accent;
    /// Silence in the waveform.
    Silence "silence" Ground <- Faint;
    /// Where the player is.
    Playhead "playhead" Mark <- Accent;
    /// What was heard, on disk.
    Heard "heard" Mark <- Accent;
    /// What was heard and is not on disk yet.
    HeardPending "heard-pending" Mark <- Muted;
    /// What was not heard.
    Unheard "unheard" Ground <- Faint;
    /// The ends of the stretch that is played over and over.
    Loop "loop" Mark <- Accent;

    /// A rating that was given.
    Rated "rated" Text <- Accent;
    /// A rating that is missing.
    Unrated "unrated" Text <- Muted;
    /// The answer gave no chance to see it.
    NotObserved "not-observed" Text <- Muted;
    /// Locked.
    Sealed "sealed" Text <- Muted;
    /// On its way to disk.
    Pending "pending" Text <- Muted;
    /// On disk.
    Saved "saved" Text <- Accent;
    /// Something to know.
    Notice "notice" Text <- Text;
    /// Something to look at.
    Warning "warning" Text <- Accent;
    /// Something that failed.
    Error "error" Text <- Warning;
    /// Past its date.
    Late "late" Text <- Warning;
    /// A recording that cannot be judged.
    Fault "fault" Text <- Error;

    /// How much of something is done.
    Meter "meter" Mark <- Accent;
    /// The rest of it.
    MeterRest "meter-rest" Ground <- Faint;
    /// How far a figure may be off.
    Interval "interval" Mark <- Muted;
    /// The figure itself.
    Estimate "estimate" Text <- Accent;
}
