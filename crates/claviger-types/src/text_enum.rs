//! Enums whose values are words of the API.

/// An enum that is one of a fixed list of words, in requests, answers, records and messages alike. As CBOR it is the word.
macro_rules! text_enum {
    (
        $(#[$attribute:meta])*
        $name:ident, $what:literal {
            $($variant:ident = $text:literal,)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(
                #[doc = concat!("`", $text, "`")]
                $variant,
            )*
        }

        impl $name {
            /// All values, in the order of the service's model.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Result<$name, $crate::ParseError> {
                match text {
                    $($text => Ok($name::$variant),)*
                    _ => Err($crate::ParseError::new($what, text)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(self.as_str())?.ok()
            }
        }

        // A word that this release does not know is an error of the record or message that holds it.
        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<$name, minicbor::decode::Error> {
                $name::parse(d.str()?).map_err(minicbor::decode::Error::custom)
            }
        }
    };
}
pub(crate) use text_enum;
